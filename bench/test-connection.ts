import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type EcrRegistry, ecrRegistries } from '../src/api/ecr-registry.ts';
import { type KubeObject, namespaces } from '../src/kube/object.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { percentile, table } from './stats.ts';
import { addIdentity, machine, startTestbed, type Testbed } from './testbed.ts';

/** From the command to its verdict: how long `kubectl ecr test` takes on a healthy registry. Run with `make bench-test`. */
const latencyMs = 30;
const times = 20;
const bar = 1_000;
const namespace = 'ci';
const program = join(import.meta.dirname, '../dist/kubectl-ecr.mjs');
const run = promisify(execFile);

async function createRegistry(bed: Testbed): Promise<void> {
  await bed.client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
  await addIdentity(bed, namespace, 'puller');
  bed.aws.registry.createRepository('111122223333', 'eu-west-1', 'team/app');
  const spec = {
    region: 'eu-west-1',
    credentials: { serviceAccounts: { account: 'puller' } },
    verify: { repositories: [{ name: 'team/app', access: ['pull', 'push'] }] },
  };
  await bed.client.create(ecrRegistries, { metadata: { namespace, name: 'prod' }, spec } as KubeObject);
  await waitFor('the registry to be ready', async () => {
    const found = await bed.client.get<EcrRegistry>(ecrRegistries, { namespace, name: 'prod' });
    return found?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
  });
}

/** Milliseconds of one test, the start of the program included; throws when it does not pass. */
async function testOnce({ controlPlane }: Testbed): Promise<number> {
  const args = [program, 'test', 'prod', '-n', namespace, '--kubeconfig', controlPlane.adminKubeconfig];
  const started = performance.now();
  await run(process.execPath, args);
  return performance.now() - started;
}

async function main(): Promise<void> {
  const bed = await startTestbed(latencyMs);
  try {
    const { proxyUrl, caFile } = bed.aws.registry;
    await bed.operator([], { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: caFile });
    await createRegistry(bed);
    const took: number[] = [];
    for (let i = 0; i < times; i++) took.push(await testOnce(bed));
    const [p50, p99] = [percentile(took, 0.5), percentile(took, 0.99)];
    console.log(`\n${times} tests of a registry with a push, ${latencyMs} ms latency at AWS. ${machine()}\n`);
    console.log(table(['', 'p50, ms', 'p99, ms', 'bar, ms'], [['kubectl ecr test', p50, p99, bar]]));
    if (p99 >= bar) throw new Error(`p99 is ${Math.round(p99)} ms, the bar is ${bar} ms`);
  } finally {
    await bed.stop();
  }
}

await main();
