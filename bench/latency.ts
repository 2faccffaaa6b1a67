import { ecrRegistries } from '../src/api/ecr-registry.ts';
import { type KubeObject, namespaces, secrets } from '../src/kube/object.ts';
import { residentMemory } from './process-memory.ts';
import { SecretWatch } from './secret-watch.ts';
import { percentile, table } from './stats.ts';
import { addIdentity, machine, startTestbed, type Testbed } from './testbed.ts';

/**
 * From the creation of an EcrRegistry until its Secret is there, with 30 ms latency at AWS; beside it what the API server
 * takes for plain Secrets, and the memory of the operator at rest. Run with `make bench-latency`.
 */
const count = 50;
const latencyMs = 30;
const indices = Array.from({ length: count }, (_, i) => i);

type Create = (bed: Testbed, namespace: string, i: number) => Promise<string>;

/** Creates the i-th registry and returns the key of its Secret. */
const registryOf =
  (account: (i: number) => string): Create =>
  async ({ client }, namespace, i) => {
    const spec = { region: 'eu-west-1', credentials: { serviceAccounts: { account: account(i) } } };
    await client.create(ecrRegistries, { metadata: { namespace, name: `r${i}` }, spec } as KubeObject);
    return `${namespace}/r${i}-ecr`;
  };

const plainSecret: Create = async ({ client }, namespace, i) => {
  await client.create(secrets, {
    metadata: { namespace, name: `s${i}` },
    stringData: { a: 'x'.repeat(3_000) },
  } as KubeObject);
  return `${namespace}/s${i}`;
};

/** Milliseconds from each create to the Secret. */
async function measure(bed: Testbed, namespace: string, create: Create, atOnce: boolean): Promise<number[]> {
  const watch = new SecretWatch(bed.client);
  await watch.synced();
  const one = async (i: number): Promise<number> => {
    const started = performance.now();
    return (await watch.appears(await create(bed, namespace, i))) - started;
  };
  const times = atOnce ? await Promise.all(indices.map(one)) : await inTurn(indices, one);
  watch.stop();
  return times;
}

async function inTurn<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}

async function main(): Promise<void> {
  const bed = await startTestbed(latencyMs);
  try {
    const operator = await bed.operator();
    const atStart = residentMemory(operator.pid);
    const rows: (string | number)[][] = [];
    let namespaceCount = 0;
    const run = async (what: string, create: Create, atOnce: boolean): Promise<void> => {
      const namespace = `bench-${(namespaceCount += 1)}`;
      await bed.client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
      await addIdentity(bed, namespace, 'shared');
      for (const i of indices) await addIdentity(bed, namespace, `own-${i}`);
      bed.aws.resetCalls();
      const ms = await measure(bed, namespace, create, atOnce);
      const calls = (service: 'sts' | 'ecr'): number => bed.aws.countCalls({ service });
      rows.push([
        what,
        percentile(ms, 0.5),
        percentile(ms, 0.99),
        Math.max(...ms),
        calls('sts'),
        calls('ecr'),
      ]);
    };
    const shared = registryOf(() => 'shared');
    const own = registryOf((i) => `own-${i}`);
    await run('warm-up (not counted)', own, false);
    rows.pop();
    await run('plain Secrets, one after the other (ceiling)', plainSecret, false);
    await run(`registries, one after the other, own identity`, own, false);
    await run(`registries, one after the other, one identity`, shared, false);
    await run('plain Secrets, all at once (ceiling)', plainSecret, true);
    await run(`registries, all at once, own identity`, own, true);
    await run(`registries, all at once, one identity`, shared, true);
    console.log(`\nFrom create to Secret, ${count} each, ${latencyMs} ms latency at AWS. ${machine()}\n`);
    console.log(table(['milliseconds', 'p50', 'p99', 'max', 'STS calls', 'ECR calls'], rows));
    const busy = residentMemory(operator.pid);
    await operator.stop();
    const restarted = await bed.operator();
    const atRest = residentMemory(restarted.pid);
    const registries = `${count * 5} registries`;
    const memory: (string | number)[][] = [
      ['after a start with none', atStart.rss, atStart.anon],
      [`after creating ${registries}`, busy.rss, busy.anon],
      [`at rest: restarted with ${registries}`, atRest.rss, atRest.anon],
    ];
    console.log(`\n${table(['resident memory, MB', 'RSS', 'of it anonymous'], memory)}`);
  } finally {
    await bed.stop();
  }
}

await main();
