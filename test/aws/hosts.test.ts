import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EndpointForm,
  parseRegistryHost,
  publicRegistryHosts,
  registryHost,
} from '../../src/aws/hosts.ts';
import type { PartitionName } from '../../src/aws/partitions.ts';

const account = '123456789012';

/** Hosts that exist, or may one day: [host, partition, region, form]. */
const registries: readonly (readonly [string, PartitionName, string, EndpointForm])[] = [
  ['dkr.ecr.us-east-1.amazonaws.com', 'aws', 'us-east-1', 'Standard'],
  ['dkr.ecr.us-west-2.amazonaws.com', 'aws', 'us-west-2', 'Standard'],
  ['dkr.ecr.eu-west-1.amazonaws.com', 'aws', 'eu-west-1', 'Standard'],
  ['dkr.ecr.ap-southeast-7.amazonaws.com', 'aws', 'ap-southeast-7', 'Standard'],
  ['dkr.ecr.sa-east-1.amazonaws.com', 'aws', 'sa-east-1', 'Standard'],
  ['dkr.ecr.ca-west-1.amazonaws.com', 'aws', 'ca-west-1', 'Standard'],
  ['dkr.ecr.me-central-1.amazonaws.com', 'aws', 'me-central-1', 'Standard'],
  ['dkr.ecr.af-south-1.amazonaws.com', 'aws', 'af-south-1', 'Standard'],
  ['dkr.ecr.il-central-1.amazonaws.com', 'aws', 'il-central-1', 'Standard'],
  ['dkr.ecr.mx-central-1.amazonaws.com', 'aws', 'mx-central-1', 'Standard'],
  ['dkr.ecr.eu-polar-12.amazonaws.com', 'aws', 'eu-polar-12', 'Standard'],
  ['dkr.ecr-fips.us-east-2.amazonaws.com', 'aws', 'us-east-2', 'FIPS'],
  ['dkr.ecr-fips.us-west-1.amazonaws.com', 'aws', 'us-west-1', 'FIPS'],
  ['dkr-ecr.us-west-2.on.aws', 'aws', 'us-west-2', 'DualStack'],
  ['dkr-ecr.eu-central-2.on.aws', 'aws', 'eu-central-2', 'DualStack'],
  ['dkr-ecr-fips.us-west-2.on.aws', 'aws', 'us-west-2', 'FIPSDualStack'],
  ['dkr.ecr.us-gov-west-1.amazonaws.com', 'aws-us-gov', 'us-gov-west-1', 'Standard'],
  ['dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'aws-us-gov', 'us-gov-west-1', 'FIPS'],
  ['dkr-ecr.us-gov-east-1.on.aws', 'aws-us-gov', 'us-gov-east-1', 'DualStack'],
  ['dkr-ecr-fips.us-gov-east-1.on.aws', 'aws-us-gov', 'us-gov-east-1', 'FIPSDualStack'],
  ['dkr.ecr.us-gov-middle-9.amazonaws.com', 'aws-us-gov', 'us-gov-middle-9', 'Standard'],
  ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'aws-cn', 'cn-north-1', 'Standard'],
  ['dkr.ecr.cn-northwest-1.amazonaws.com.cn', 'aws-cn', 'cn-northwest-1', 'Standard'],
  ['dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'aws-cn', 'cn-north-1', 'DualStack'],
  ['dkr.ecr.eusc-de-east-1.amazonaws.eu', 'aws-eusc', 'eusc-de-east-1', 'Standard'],
  ['dkr.ecr.eusc-fr-west-2.amazonaws.eu', 'aws-eusc', 'eusc-fr-west-2', 'Standard'],
  ['dkr.ecr.us-iso-east-1.c2s.ic.gov', 'aws-iso', 'us-iso-east-1', 'Standard'],
  ['dkr.ecr.us-isob-east-1.sc2s.sgov.gov', 'aws-iso-b', 'us-isob-east-1', 'Standard'],
  ['dkr.ecr.eu-isoe-west-1.cloud.adc-e.uk', 'aws-iso-e', 'eu-isoe-west-1', 'Standard'],
  ['dkr.ecr.us-isof-south-1.csp.hci.ic.gov', 'aws-iso-f', 'us-isof-south-1', 'Standard'],
];

/** Understood because AWS's own tools understand them, never built without being told the partition. */
const onlyUnderstood: readonly (readonly [string, PartitionName, string, EndpointForm])[] = [
  ['dkr.ecr.lala-land-1.amazonaws.com', 'aws', 'lala-land-1', 'Standard'],
  ['dkr.ecr-fips.lala-land-1.amazonaws.com', 'aws', 'lala-land-1', 'FIPS'],
  ['dkr.ecr.lala-land-1.amazonaws.com.cn', 'aws-cn', 'lala-land-1', 'Standard'],
  ['dkr-ecr.lala-land-1.on.aws', 'aws', 'lala-land-1', 'DualStack'],
  ['dkr-ecr-fips.lala-land-1.on.aws', 'aws', 'lala-land-1', 'FIPSDualStack'],
  ['dkr-ecr.lala-land-1.on.amazonwebservices.com.cn', 'aws-cn', 'lala-land-1', 'DualStack'],
  ['dkr.ecr-fips.eusc-de-east-1.amazonaws.eu', 'aws-eusc', 'eusc-de-east-1', 'FIPS'],
  ['dkr.ecr-fips.eu-west-1.amazonaws.com', 'aws', 'eu-west-1', 'FIPS'],
];

const notRegistries: readonly (readonly [string, string])[] = [
  ['nothing', ''],
  ['a host of another registry', 'registry.k8s.io'],
  ['a host without dots', 'foobar'],
  ['the public registry', 'public.ecr.aws'],
  ['the public registry on dual stack', 'ecr-public.aws.com'],
  ['an account id of 11 digits', '12345678901.dkr.ecr.us-east-1.amazonaws.com'],
  ['an account id of 13 digits', '1234567890123.dkr.ecr.us-east-1.amazonaws.com'],
  ['a letter in the account id', '12345678901a.dkr.ecr.us-east-1.amazonaws.com'],
  ['Arabic digits in the account id', '١٢٣٤٥٦٧٨٩٠١٢.dkr.ecr.us-east-1.amazonaws.com'],
  ['no account id', '.dkr.ecr.us-east-1.amazonaws.com'],
  ['a label before the account id', `x.${account}.dkr.ecr.us-east-1.amazonaws.com`],
  ['capital letters in the region', `${account}.dkr.ecr.US-EAST-1.amazonaws.com`],
  ['capital letters in the suffix', `${account}.dkr.ecr.us-east-1.AmazonAWS.com`],
  ['a trailing dot', `${account}.dkr.ecr.us-east-1.amazonaws.com.`],
  ['a port', `${account}.dkr.ecr.us-east-1.amazonaws.com:443`],
  ['a scheme', `https://${account}.dkr.ecr.us-east-1.amazonaws.com`],
  ['a path', `${account}.dkr.ecr.us-east-1.amazonaws.com/app`],
  ['a path on the suffix of China', `${account}.dkr.ecr.cn-north-1.amazonaws.com.cn/foo`],
  ['user info', `user@${account}.dkr.ecr.us-east-1.amazonaws.com`],
  ['a space at the end', `${account}.dkr.ecr.us-east-1.amazonaws.com `],
  ['a line break at the end', `${account}.dkr.ecr.us-east-1.amazonaws.com\n`],
  ['a second line', `evil.io\n${account}.dkr.ecr.us-east-1.amazonaws.com`],
  ['a null byte', `${account}.dkr.ecr.us-east-1.amazonaws.com\0.evil.io`],
  ['a longer suffix', `${account}.dkr.ecr.us-east-1.amazonaws.com.evil.io`],
  ['a longer suffix that ends in .cn', `${account}.dkr.ecr.cn-north-1.amazonaws.com.cn.evil.com.cn`],
  ['a suffix that only ends the same', `${account}.dkr.ecr.us-east-1.evilamazonaws.com`],
  ['another top level domain', `${account}.dkr.ecr.us-east-1.amazonaws.lol`],
  ['another second level domain', `${account}.dkr.ecr.us-east-1.amazonaws.hacker.com`],
  ['another domain', `${account}.dkr.ecr.us-east-1.hacker.com`],
  ['a mix of two suffixes', `${account}.dkr-ecr.cn-north-1.on.aws.com.cn`],
  ['a suffix no partition has', `${account}.dkr.ecr.us-iso-east-1.amazonaws.gov`],
  ['the standard label on the dual-stack suffix', `${account}.dkr.ecr.us-west-2.on.aws`],
  ['the dual-stack label on the standard suffix', `${account}.dkr-ecr.us-west-2.amazonaws.com`],
  ['a region of China on the suffix of aws', `${account}.dkr.ecr.cn-north-1.amazonaws.com`],
  ['a region of aws on the suffix of China', `${account}.dkr.ecr.us-east-1.amazonaws.com.cn`],
  ['a region of GovCloud on the European suffix', `${account}.dkr.ecr.us-gov-west-1.amazonaws.eu`],
  ['a dot instead of the second separator', `${account}.dkr.ecr.fips.us-east-1.amazonaws.com`],
  ['another label than dkr', `${account}.dog.ecr.us-east-1.amazonaws.com`],
  ['another label than ecr', `${account}.dkr.cat.us-east-1.amazonaws.com`],
  ['no label', `${account}.us-east-1.amazonaws.com`],
  ['the host of the API', 'api.ecr.us-east-1.amazonaws.com'],
  ['no region', `${account}.dkr.ecr.amazonaws.com`],
  ['a region without number', `${account}.dkr.ecr.not-real.amazonaws.com`],
  ['a region with a sign', `${account}.dkr.ecr.us-east-1!.amazonaws.com`],
  ['a region that starts with a sign', `${account}.dkr.ecr.#us-east-1.amazonaws.com`],
  ['a region that starts with a hyphen', `${account}.dkr.ecr.-us-east-1.amazonaws.com`],
  ['two regions', `${account}.dkr.ecr.us-east-1.us-east-2.amazonaws.com`],
  ['a Cyrillic letter', `${account}.dkr.ecr.us-east-1.аmazonaws.com`],
  ['a full-width dot', `${account}.dkr.ecr.us-east-1．amazonaws.com`],
  ['a wildcard', '*.dkr.ecr.us-east-1.amazonaws.com'],
  ['a host of 100,000 characters', `${account}.dkr.ecr.us-${'east-'.repeat(20_000)}1.amazonaws.com`],
];

describe('a registry host', () => {
  it.each(registries)('%s is understood and built again', (rest, partition, region, endpoint) => {
    const host = `${account}.${rest}`;
    expect(parseRegistryHost(host)).toEqual({ accountId: account, region, endpoint, partition });
    expect(registryHost({ accountId: account, region, endpoint })).toBe(host);
  });

  it.each(onlyUnderstood)(
    '%s is understood, but not built from its region',
    (rest, partition, region, endpoint) => {
      expect(parseRegistryHost(`${account}.${rest}`)).toEqual({
        accountId: account,
        region,
        endpoint,
        partition,
      });
      expect(() => registryHost({ accountId: account, region, endpoint })).toThrow(region);
    },
  );

  it.each(notRegistries)('is not %s', (_what, host) => {
    expect(parseRegistryHost(host)).toBeUndefined();
  });

  it('is built from a region of an unknown family if the partition is told', () => {
    const host = `${account}.dkr.ecr.lala-land-1.amazonaws.com.cn`;
    const parsed = parseRegistryHost(host);
    expect(parsed && registryHost(parsed)).toBe(host);
  });

  it('of the public registry has two spellings', () => {
    expect(publicRegistryHosts).toEqual(['public.ecr.aws', 'ecr-public.aws.com']);
  });
});

describe('building a registry host', () => {
  const refused: readonly (readonly [string, Parameters<typeof registryHost>[0], RegExp])[] = [
    [
      'a short account id',
      { accountId: '1234', region: 'us-east-1', endpoint: 'Standard' },
      /"1234" is not 12 digits/,
    ],
    [
      'an unknown region',
      { accountId: account, region: 'moon-1', endpoint: 'Standard' },
      /"moon-1" belongs to no known/,
    ],
    [
      'a hostile region',
      { accountId: account, region: 'a.evil.io/\n', endpoint: 'Standard' },
      /"a\.evil\.io\/\\u000a"/,
    ],
    [
      'FIPS outside the US',
      { accountId: account, region: 'eu-west-1', endpoint: 'FIPS' },
      /eu-west-1 has no FIPS/,
    ],
    [
      'FIPS in China',
      { accountId: account, region: 'cn-north-1', endpoint: 'FIPS' },
      /cn-north-1 has no FIPS/,
    ],
    [
      'dual stack where there is none',
      { accountId: account, region: 'eusc-de-east-1', endpoint: 'DualStack' },
      /aws-eusc of region eusc-de-east-1 has no DualStack/,
    ],
    [
      'a region of another partition',
      { accountId: account, region: 'cn-north-1', endpoint: 'Standard', partition: 'aws' },
      /cn-north-1 belongs to partition aws-cn, not aws/,
    ],
    [
      'no region code in a known partition',
      { accountId: account, region: 'x.evil', endpoint: 'Standard', partition: 'aws' },
      /"x\.evil" has not the shape/,
    ],
  ];

  it.each(refused)('refuses %s and names it', (_what, input, message) => {
    expect(() => registryHost(input)).toThrow(message);
  });

  it('is undone by parsing, for every account, region and form', () => {
    const accountId = fc.stringMatching(/^\d{12}$/);
    const family = fc.constantFrom(
      'us',
      'eu',
      'ap',
      'us-gov',
      'cn',
      'eusc-de',
      'us-iso',
      'us-isob',
      'eu-isoe',
      'us-isof',
    );
    const region = fc
      .tuple(family, fc.stringMatching(/^[a-z]{1,20}$/), fc.nat(999))
      .map((parts) => parts.join('-'));
    const endpoint = fc.constantFrom<EndpointForm>('Standard', 'FIPS', 'DualStack', 'FIPSDualStack');
    let built = 0;
    fc.assert(
      fc.property(fc.record({ accountId, region, endpoint }), (input) => {
        const host = buildOrNothing(input);
        if (host === undefined) return;
        built++;
        const parsed = parseRegistryHost(host);
        expect(parsed).toMatchObject(input);
        expect(parsed && registryHost(parsed)).toBe(host);
      }),
      { numRuns: 500 },
    );
    expect(built).toBeGreaterThan(100);
  });
});

function buildOrNothing(input: Parameters<typeof registryHost>[0]): string | undefined {
  try {
    return registryHost(input);
  } catch {
    return undefined;
  }
}
