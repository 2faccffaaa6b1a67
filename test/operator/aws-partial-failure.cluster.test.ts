import { expect, onTestFinished, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { waitFor } from '../support/wait-for.ts';
import { account, createFixture } from './fixture.ts';
import { endedReconciles } from './metrics.ts';
import { getSecret, logsIn, passwordsIn } from './pull-secrets.ts';
import { annotate, createRegistry, getRegistry, notReady, ready, specFor } from './registries.ts';

const f = await createFixture();
const operator = await f.startOperator();
await f.puller('puller');
const hostIn = (region: string): string => `${account}.dkr.ecr.${region}.amazonaws.com`;
const [here, there] = ['eu-west-1', 'us-east-1'] as const;
const twoRegions = specFor('puller', {
  registries: [{ accountId: account }, { accountId: account, region: there }],
});

const requestRefresh = (name: string, at = new Date()): Promise<void> =>
  annotate(f, name, { [annotations.refreshRequestedAt]: at.toISOString() });

function breakThere(): () => void {
  const end = f.aws.faults.inject({
    service: 'ecr',
    region: there,
    kind: 'error',
    status: 503,
    code: 'ServiceUnavailable',
  });
  onTestFinished(end);
  return end;
}

test('of two regions the one that fails keeps its old login while the other gets a new one', async () => {
  await createRegistry(f, 'two', twoRegions);
  const before = await ready(f, 'two');
  const old = passwordsIn(await getSecret(f, 'two-ecr'));
  const end = breakThere();
  await requestRefresh('two');
  expect(await notReady(f, 'two', 'AWSUnavailable')).toContain(`in ${there} failed`);
  const secret = await getSecret(f, 'two-ecr');
  const mixed = passwordsIn(secret);
  expect(mixed.get(hostIn(there))).toBe(old.get(hostIn(there)));
  expect(mixed.get(hostIn(here))).not.toBe(old.get(hostIn(here)));
  expect(mixed.size).toBe(2);
  expect(await logsIn(f, secret)).toBe(true);
  const { status } = await getRegistry(f, 'two');
  expect(status?.expiresAt).toBe(before.status?.expiresAt);
  expect(status?.registries?.map(({ host }) => host)).toEqual([hostIn(here), hostIn(there)]);
  end();
  await ready(f, 'two', 20_000);
  const recovered = passwordsIn(await getSecret(f, 'two-ecr'));
  expect(recovered.get(hostIn(there))).not.toBe(old.get(hostIn(there)));
  expect(recovered.get(hostIn(here))).toBe(mixed.get(hostIn(here)));
});

test('a region that fails from the start does not keep the other from its login', async () => {
  const end = breakThere();
  await createRegistry(f, 'half', { ...twoRegions, region: 'eu-central-1' });
  await notReady(f, 'half', 'AWSUnavailable');
  const secret = await getSecret(f, 'half-ecr');
  expect([...passwordsIn(secret).keys()]).toEqual([hostIn('eu-central-1')]);
  expect(await logsIn(f, secret)).toBe(true);
  end();
  await ready(f, 'half', 20_000);
  expect(passwordsIn(await getSecret(f, 'half-ecr')).size).toBe(2);
});

test('a token that expires before the one in place is not written', async () => {
  await createRegistry(f, 'backwards', specFor('puller', { region: 'us-west-2' }));
  const { status } = await ready(f, 'backwards');
  const before = await getSecret(f, 'backwards-ecr');
  const expiresAt = Math.floor(Date.now() / 1000) + 3600;
  onTestFinished(
    f.aws.faults.inject({ service: 'ecr', region: 'us-west-2', kind: 'body', body: { expiresAt } }),
  );
  const reconciles = await endedReconciles(operator);
  const asked = (): number => f.aws.countCalls({ service: 'ecr', region: 'us-west-2' });
  const askedBefore = asked();
  await requestRefresh('backwards');
  const ended = async (): Promise<boolean> => (await endedReconciles(operator)) > reconciles;
  await waitFor('the refresh to have been tried', async () => asked() > askedBefore && (await ended()));
  expect(await getSecret(f, 'backwards-ecr')).toEqual(before);
  expect((await getRegistry(f, 'backwards')).status?.expiresAt).toBe(status?.expiresAt);
});

test('an answer of ECR that makes no sense is not written', async () => {
  onTestFinished(
    f.aws.faults.inject({
      service: 'ecr',
      region: 'us-east-2',
      kind: 'body',
      body: { authorizationData: 'empty' },
    }),
  );
  await createRegistry(f, 'empty', specFor('puller', { region: 'us-east-2' }));
  expect(await notReady(f, 'empty', 'AnswerRefused')).toContain('it holds no authorizationData');
  await expect(getSecret(f, 'empty-ecr')).rejects.toThrow('there is no Secret');
});
