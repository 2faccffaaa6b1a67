import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { expect, test } from 'vitest';
import { operatorWrites } from '../operator/operator-writes.ts';
import { createRegistry, region } from '../operator/registries.ts';
import { brokenIdentities } from './broken-identities.ts';
import { brokenRegistries, repositories } from './broken-registries.ts';
import { createVerificationFixture, test as verify, verifiedCondition } from './fixture.ts';
import { outline } from './outline.ts';

const f = await createVerificationFixture();
const operator = await f.startVerifier();
const broken = [...brokenIdentities, ...brokenRegistries];

test.concurrent.for(broken)(
  '$name fails at $stage, there only, says so and what to do',
  async ({ name, spec, passed, stage: failing, reason, ...expected }) => {
    // Suspended: nothing but the verification asks for anything.
    await createRegistry(f, name, { ...(await spec(f, name)), suspend: true });
    const { verification, ...object } = await verify(f, name);
    expect(outline(verification.stages)).toEqual([
      ...passed.map((stage) => `ok ${stage}`),
      `failed ${failing}`,
    ]);
    expect(verification.ok).toBe(false);
    const stage = verification.stages.at(-1);
    expect(stage?.message).toContain(expected.message);
    expect(stage?.nextStep).toContain(expected.nextStep);
    expect(stage?.message).not.toContain(stage?.nextStep);
    expect(stage?.code).toBe(expected.code);
    const condition = verifiedCondition(object);
    expect(condition).toMatchObject({ status: 'False', reason });
    expect(condition?.message).toMatch(new RegExp(`^${failing} failed`));
    expect(condition?.message).toContain(expected.nextStep);
  },
);

test('AWS gives its request id where it says no', async () => {
  const { verification } = await verify(f, 'no-ecr');
  expect(verification.stages.at(-1)?.requestId).toMatch(/^[\w-]{36}$/);
});

test('what was mended passes at once, however lately it failed', async () => {
  await f.puller('mended', { allow: [] });
  const spec = { region, credentials: { serviceAccounts: { account: 'mended' } }, suspend: true };
  await createRegistry(f, 'mended', spec);
  expect((await verify(f, 'mended')).verification.ok).toBe(false);
  f.aws.iam.role({
    arn: 'arn:aws:iam::111122223333:role/mended',
    trust: [{ kind: 'web-identity', subjects: [`system:serviceaccount:${f.namespace}:mended`] }],
  });
  expect((await verify(f, 'mended')).verification.ok).toBe(true);
});

test('of all that no upload and no Secret is left, and no token is in any status or log', async () => {
  for (const [account, name] of repositories)
    expect([name, f.aws.registry.openUploads(account, region, name)]).toEqual([name, 0]);
  const writes = (await operatorWrites(f)).filter((write) => !write.includes('ecrregistries/status'));
  expect(writes).toEqual([]);
  const { items } = await f.client.list(ecrRegistries, { namespace: f.namespace });
  const shown = [...operator.output, JSON.stringify(items)].join('\n');
  expect(shown).not.toMatch(/eyJ[\w-]{20}|wJalrXUtnFEMI/);
});

test('the metric counts each stage that failed', async () => {
  const { body } = await operator.get('/metrics');
  const stages = new Set(
    [...body.matchAll(/verifications_total\{.*result="failed",stage="(\w+)"\}/g)].map(([, s]) => s),
  );
  expect(stages).toEqual(new Set(broken.map(({ stage }) => stage)));
});
