import { expect, test } from 'vitest';
import { sessionName } from '../../src/aws/session-name.ts';
import { account, createFixture } from '../operator/fixture.ts';
import { createRegistry, getRegistry, notReady, ready, region, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { cli } from './cli.ts';
import { expectRecorded, normalized } from './recordings.ts';

const f = await createFixture();
const { registry } = f.aws;
await f.startOperator([], { HTTPS_PROXY: registry.proxyUrl, NODE_EXTRA_CA_CERTS: registry.caFile });
registry.createRepository(account, region, 'team/app');

const mayPull = ['ecr:GetAuthorizationToken', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];
await f.puller('ecr-puller', { allow: mayPull });
await f.puller('builder');
const verify = { repositories: [{ name: 'team/app', access: ['pull' as const, 'push' as const] }] };
await createRegistry(f, 'prod', specFor('ecr-puller', { verify }));
await ready(f, 'prod');
await createRegistry(f, 'staging', specFor('ecr-pusher'));
await notReady(f, 'staging', 'ServiceAccountNotFound');
await createPipeline(f, 'api', { registries: [{ name: 'prod' }], serviceAccount: 'builder' });
await pipelineReady(f, 'api');

/** Runs a command as the documentation has it, in namespace ci. */
async function recorded(command: string): Promise<number> {
  const [, , ...argv] = command.split(' ').map((word) => (word === 'ci' ? f.namespace : word));
  const { code, out, err } = await cli(argv, { kubeconfig: f.controlPlane.adminKubeconfig });
  expect(err).toBe('');
  const { expiresAt = '', refreshAt = '' } = (await getRegistry(f, 'prod')).status ?? {};
  const sessions = ['ecr-puller', 'builder'].map((name): [string, string] => [
    sessionName([f.namespace, name]),
    sessionName(['ci', name]),
  ]);
  const texts = new Map([
    ...sessions,
    [f.namespace, 'ci'],
    [expiresAt, '2026-01-02T00:00:00Z'],
    [refreshAt, '2026-01-01T06:00:00Z'],
  ]);
  const plain = normalized(out, texts).replaceAll(
    /good until \d{4}-[\d:TZ-]+/g,
    'good until 2026-01-02T00:00:00Z',
  );
  await expectRecorded(command, plain);
  return code;
}

test('the recordings in docs/cli.md are what the commands print', async () => {
  expect(await recorded('kubectl ecr get -n ci')).toBe(0);
  expect(await recorded('kubectl ecr explain prod -n ci')).toBe(0);
  expect(await recorded('kubectl ecr explain staging -n ci')).toBe(1);
  expect(await recorded('kubectl ecr test prod -n ci')).toBe(1);
  expect(await recorded('kubectl ecr test api -n ci')).toBe(0);
  expect(await recorded('kubectl ecr docker-config prod -n ci')).toBe(0);
});
