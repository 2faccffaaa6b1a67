import { type EcrRegistry, ecrRegistries } from '../src/api/ecr-registry.ts';
import { type KubeObject, namespaces } from '../src/kube/object.ts';
import { waitFor } from '../test/support/wait-for.ts';
import { residentMemory } from './process-memory.ts';
import { SecretWatch } from './secret-watch.ts';
import { table } from './stats.ts';
import { addIdentity, machine, startTestbed, type Testbed } from './testbed.ts';

/**
 * A thousand registries that share twenty identities: how many calls AWS sees, at first and at a refresh that is asked for.
 * Run with `make bench-credentials`.
 */
const identities = 20;
const registriesEach = 50;
const latencyMs = 30;
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

async function createAll({ client }: Testbed, watch: SecretWatch): Promise<void> {
  const spec = { region: 'eu-west-1', credentials: { serviceAccounts: { account: 'shared' } } };
  await Promise.all(
    range(identities).map(async (n) => {
      for (const i of range(registriesEach)) {
        await client.create(ecrRegistries, {
          metadata: { namespace: `ns-${n}`, name: `r${i}` },
          spec,
        } as KubeObject);
      }
    }),
  );
  await Promise.all(
    range(identities).flatMap((n) => range(registriesEach).map((i) => watch.appears(`ns-${n}/r${i}-ecr`))),
  );
}

/** Asks for new tokens in all registries and waits until their status shows them. */
async function refreshAll({ client }: Testbed): Promise<void> {
  // Times are whole seconds: the tokens at hand must be older than the request.
  const second = Math.ceil(Date.now() / 1000) * 1000;
  await waitFor('the next second', () => Date.now() > second + 100);
  const now = new Date(second + 50).toISOString();
  const metadata = { annotations: { 'ecr-operator.dev/refresh-requested-at': now } };
  const before = await expiries({ client });
  await Promise.all(
    range(identities).map(async (n) => {
      for (const i of range(registriesEach)) {
        await client.mergePatch(ecrRegistries, { namespace: `ns-${n}`, name: `r${i}` }, { metadata });
      }
    }),
  );
  await waitFor(
    'all registries to be refreshed',
    async () => {
      const after = await expiries({ client });
      return [...after].every(([key, expiry]) => expiry > (before.get(key) ?? ''));
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}

async function expiries({ client }: Pick<Testbed, 'client'>): Promise<Map<string, string>> {
  const { items } = await client.list<EcrRegistry & KubeObject>(ecrRegistries);
  return new Map(items.map((r) => [`${r.metadata.namespace}/${r.metadata.name}`, r.status?.expiresAt ?? '']));
}

async function main(): Promise<void> {
  const bed = await startTestbed(latencyMs);
  try {
    for (const n of range(identities)) {
      await bed.client.create<KubeObject>(namespaces, { metadata: { name: `ns-${n}` } });
      await addIdentity(bed, `ns-${n}`, 'shared');
    }
    const operator = await bed.operator();
    const watch = new SecretWatch(bed.client);
    await watch.synced();
    const rows: (string | number)[][] = [];
    const measure = async (what: string, work: () => Promise<void>): Promise<void> => {
      bed.aws.resetCalls();
      const started = performance.now();
      await work();
      const seconds = (performance.now() - started) / 1000;
      const calls = (service: 'sts' | 'ecr'): number => bed.aws.countCalls({ service });
      rows.push([what, seconds, calls('sts'), calls('ecr'), residentMemory(operator.pid).rss]);
    };
    await measure('first Secret of each', () => createAll(bed, watch));
    await measure('requested refresh of each', () => refreshAll(bed));
    watch.stop();
    console.log(
      `\n${identities * registriesEach} registries, ${identities} identities, ${latencyMs} ms latency at AWS. ${machine()}\n`,
    );
    console.log(table(['', 'seconds', 'STS calls', 'ECR calls', 'RSS, MB'], rows));
    const [first, refresh] = rows;
    // A session that still lives needs no new STS call.
    const exact = first?.[2] === identities && first[3] === identities && refresh?.[3] === identities;
    if (!exact || Number(refresh[2]) > identities) {
      throw new Error(
        `expected ${identities} STS and ${identities} ECR calls, and no more STS calls for the refresh`,
      );
    }
  } finally {
    await bed.stop();
  }
}

await main();
