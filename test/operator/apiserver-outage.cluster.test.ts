import { afterAll, beforeAll, expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { startControlPlane } from '../support/controlplane/controlplane.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { createFixture } from './fixture.ts';
import { deleteSecret, editSecret, foreignData, getSecret, logsIn, secretWhere } from './pull-secrets.ts';
import { createRegistry, patchSpec, ready, specFor } from './registries.ts';

const controlPlane = await startControlPlane({ auditLog: true });
afterAll(() => controlPlane.stop());
const f = await createFixture(controlPlane);
let operator: OperatorProcess;

beforeAll(async () => {
  operator = await f.startOperator();
  await f.puller('puller');
  for (const name of ['edited', 'deleted', 'changed']) {
    await createRegistry(f, name, specFor('puller'));
    await ready(f, name);
  }
});

/** After a watch broke it is opened again within its back-off. */
const soonMs = 30_000;

/** Changes of every kind that a watch tells of; each is acted on. */
async function changesAreActedOn(round: string): Promise<void> {
  const before = await getSecret(f, 'deleted-ecr');
  await createRegistry(f, `new-${round}`, specFor('puller'));
  await createRegistry(f, `waiting-${round}`, specFor(`late-${round}`));
  await editSecret(f, 'edited-ecr', { data: foreignData });
  await deleteSecret(f, 'deleted-ecr');
  await patchSpec(f, 'changed', { secret: { labels: { round } } });
  await f.puller(`late-${round}`);

  await ready(f, `new-${round}`, soonMs);
  await ready(f, `waiting-${round}`, soonMs);
  await secretWhere(f, 'edited-ecr', 'to log in', (secret) => logsIn(f, secret), soonMs);
  const isNew = ({ metadata }: { metadata: { uid?: string } }) => metadata.uid !== before.metadata.uid;
  await secretWhere(f, 'deleted-ecr', 'to be back', isNew, soonMs);
  const hasLabel = ({ metadata }: { metadata: { labels?: Record<string, string> } }) =>
    metadata.labels?.['round'] === round;
  await secretWhere(f, 'changed-ecr', 'to be labelled', hasLabel, soonMs);
  expect(operator.running).toBe(true);
  expect((await operator.get('/healthz')).status).toBe(200);
}

test('what changes right after the API server was killed and came back is acted on', async () => {
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
  await changesAreActedOn('killed');
});

test('what changes right after the API server stood still is acted on', async () => {
  await controlPlane.pauseApiServer();
  const asked = f.client.get(
    ecrRegistries,
    { namespace: f.namespace, name: 'edited' },
    {
      signal: AbortSignal.timeout(3_000),
    },
  );
  await expect(asked).rejects.toThrow();
  await controlPlane.resumeApiServer();
  await changesAreActedOn('paused');
});

test('a login that falls due while the API server is away is written when it is back', async () => {
  // Ten seconds of life: due after five.
  f.aws.settings.update({ lifetimeScale: 4320 });
  await createRegistry(f, 'due', specFor('puller', { region: 'us-east-1' }));
  await ready(f, 'due', soonMs);
  const before = await getSecret(f, 'due-ecr');
  f.aws.settings.update({ lifetimeScale: 1 });
  await controlPlane.killApiServer();
  await controlPlane.startApiServer();
  const renewed = await secretWhere(
    f,
    'due-ecr',
    'to be renewed',
    ({ data }) => JSON.stringify(data) !== JSON.stringify(before.data),
    soonMs,
  );
  expect(await logsIn(f, renewed)).toBe(true);
  expect(operator.running).toBe(true);
});
