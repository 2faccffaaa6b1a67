import { ECRClient, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { EcrRegistry } from '../../src/api/ecr-registry.ts';
import { partitions } from '../../src/aws/partitions.ts';
import { wantedOf } from '../../src/controllers/ecr-registry/desired.ts';
import type { Identity } from '../../src/identity/identity.ts';
import { documentAt, tableRows } from './documents.ts';
import { chartValues } from './manifests.ts';

const document = documentAt('docs/credentials.md');
const identity: Identity = {
  root: { source: 'Operator' },
  sessionName: 's',
  hops: [],
  stsRegion: 'us-east-1',
};

/** A setting of an SDK client that takes requests and sends none; `hosts` fills with the names they are for. */
function capture(region: string): { config: object; hosts: string[] } {
  const hosts: string[] = [];
  const requestHandler = {
    handle: async ({ hostname }: { hostname: string }): Promise<never> => {
      hosts.push(hostname);
      throw new Error('not sent');
    },
  };
  const credentials = { accessKeyId: 'AKIADOCUMENTS0000001', secretAccessKey: 'unused' };
  return { config: { region, credentials, requestHandler, maxAttempts: 1 }, hosts };
}

/** The hosts that STS and ECR calls of a region go to with the environment as it is. */
async function hostsAsked(region: string, ecrSettings: object = {}): Promise<string[]> {
  const { config, hosts } = capture(region);
  await expect(new STSClient(config).send(new GetCallerIdentityCommand({}))).rejects.toThrow('not sent');
  const ecr = new ECRClient({ ...config, ...ecrSettings });
  await expect(ecr.send(new GetAuthorizationTokenCommand({}))).rejects.toThrow('not sent');
  return hosts;
}

describe('the table of endpoints', () => {
  const rows = tableRows(document, 'endpoints').map(([form = '', host = '', api = '']) => ({
    form,
    host,
    api,
  }));

  it('lists every form', () => {
    expect(rows.map(({ form }) => form)).toEqual(['Standard', 'FIPS', 'DualStack', 'FIPSDualStack']);
  });

  it.each(rows)('shows the host and the API of $form', async ({ form, host, api }) => {
    const spec = {
      region: 'us-east-1',
      registries: [{ accountId: '111122223333', endpoints: [form] }],
      public: false,
      deletionPolicy: 'Delete',
      secret: {},
    };
    const registry = { metadata: { name: 'r', namespace: 'ci', uid: 'u' }, spec } as unknown as EcrRegistry;
    const { desired, requests } = wantedOf(registry, identity);
    expect(desired.tokens.flatMap((token) => token.hostsFor(undefined))).toEqual([host]);
    const asked = requests.get('us-east-1')?.api;
    if (asked?.kind !== 'private') throw new Error('no private registry is asked');
    const settings = { useFipsEndpoint: asked.fips, useDualstackEndpoint: asked.dualStack };
    expect((await hostsAsked('us-east-1', settings))[1]).toBe(api);
  });
});

it('the table of partitions is what the operator knows', () => {
  const listed = tableRows(document, 'partition').map(
    ([name, region = '', suffix, dualStack, fips = '']) => ({
      name,
      suffix,
      dualStack,
      fips: fips.replace('*', ''),
      partitionOfRegion: partitions.find(({ regions }) => regions.test(region))?.name,
    }),
  );
  const known = partitions.map(({ name, suffix, dualStackSuffix, fipsRegions }) => ({
    name,
    suffix,
    dualStack: dualStackSuffix ?? 'none',
    fips: fipsRegions?.source.replace('^', '') ?? 'none',
    partitionOfRegion: name,
  }));
  expect(listed).toEqual(known);
});

describe('the variables of extraEnv', () => {
  const ExtraEnv = z.array(z.object({ name: z.string(), value: z.string() }));
  const environment = (name: string): z.infer<typeof ExtraEnv> => {
    const values = chartValues().find((found) => found.name === name);
    return ExtraEnv.parse(values?.content['extraEnv']);
  };
  afterEach(() => void vi.unstubAllEnvs());

  it.each([
    [
      'values-fips.yaml',
      'us-east-1',
      ['sts-fips.us-east-1.amazonaws.com', 'api.ecr-fips.us-east-1.amazonaws.com'],
    ],
    ['values-dual-stack.yaml', 'eu-west-1', ['sts.eu-west-1.api.aws', 'ecr.eu-west-1.api.aws']],
    [
      'values-private.yaml',
      'eu-west-1',
      environment('values-private.yaml').map(({ value }) => new URL(value).hostname),
    ],
  ])('%s lead the SDK to the endpoints that are meant', async (name, region, expected) => {
    for (const { name: variable, value } of environment(name)) vi.stubEnv(variable, value);
    expect(await hostsAsked(region)).toEqual(expected);
  });
});
