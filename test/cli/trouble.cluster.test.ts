import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { kubeconfigFor } from '../support/controlplane/attach.ts';
import { startControlPlane } from '../support/controlplane/controlplane.ts';
import { freePort } from '../support/controlplane/free-port.ts';
import { writeKubeconfig } from '../support/controlplane/kubeconfig.ts';
import { cli } from './cli.ts';
import { cliProcess } from './cli-process.ts';

// A control plane of its own: it has no CRDs.
const controlPlane = await startControlPlane();
afterAll(() => controlPlane.stop());
const admin = controlPlane.adminKubeconfig;

/** A kubeconfig that leads to a port of this machine. */
async function leadingTo(port: number): Promise<string> {
  const file = join(controlPlane.dir, `port-${port}.kubeconfig`);
  const server = { url: `https://127.0.0.1:${port}`, caFile: controlPlane.caFile };
  await writeKubeconfig(file, server, { token: 'none' });
  return file;
}

test.each([
  [['get'], ecrRegistries.plural],
  [['explain', 'prod'], ecrRegistries.plural],
  [['refresh', 'ecrp/api'], ecrPipelines.plural],
  [['test', 'cecr/shared'], clusterEcrRegistries.plural],
  [['docker-config', 'prod'], ecrRegistries.plural],
])('without CRDs, %j says so and how to get them', async (argv, plural) => {
  const { code, out, err } = await cli(argv, { kubeconfig: admin });
  expect([code, out]).toEqual([3, '']);
  expect(err).toContain(`serves no ecr-operator.dev/v1alpha1 (`);
  expect(err).toContain(plural);
  expect(err).toContain('kubectl apply -f crds/');
});

test('where nobody listens, the address, the context and the reason are named', async () => {
  const port = await freePort();
  const { code, err } = await cli(['get'], { kubeconfig: await leadingTo(port) });
  expect(code).toBe(3);
  expect(err).toContain(
    `error: cannot reach the API server https://127.0.0.1:${port}/ of context ecr-operator: `,
  );
  expect(err).toContain('ECONNREFUSED');
});

test('an API server that never answers is given up on after --timeout', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const { code, err } = await cli(['get', '--timeout=300ms'], { kubeconfig: await leadingTo(port) });
  silent.close();
  expect(code).toBe(3);
  expect(err).toContain('no answer from the API server');
  expect(err).toContain('0.3 s are over');
});

test('a login that the API server does not know is told apart from a missing right', async () => {
  const kubeconfig = await kubeconfigFor(controlPlane, { token: 'unknown' });
  const { code, err } = await cli(['explain', 'prod'], { kubeconfig });
  expect(code).toBe(3);
  expect(err).toContain('does not know you (401)');
});

test('a kubeconfig, context or file that is not there is named', async () => {
  const missing = await cli(['get'], { kubeconfig: '/nonexistent/config' });
  expect(missing).toMatchObject({ code: 3, err: expect.stringContaining('/nonexistent/config') as string });
  const context = await cli(['get', '--context=other'], { kubeconfig: admin });
  expect(context).toMatchObject({ code: 3, err: expect.stringContaining('no context "other"') as string });
  const broken = join(controlPlane.dir, 'broken.kubeconfig');
  await writeFile(broken, 'clusters: [');
  expect((await cli(['get'], { kubeconfig: broken })).code).toBe(3);
});

test('without any kubeconfig the process says where it looked', async () => {
  const env = { PATH: process.env['PATH'] ?? '', HOME: controlPlane.dir };
  const { code, err } = await cliProcess(['get'], env);
  expect(code).toBe(3);
  expect(err).toContain('there is none in --kubeconfig, KUBECONFIG or ~/.kube/config');
  const found = await cliProcess(['get'], { ...env, KUBECONFIG: admin });
  expect(found.err).toContain('serves no ecr-operator.dev/v1alpha1');
});
