import { ecrRegistries } from '../../../src/api/ecr-registry.ts';
import type { KubeObject } from '../../../src/kube/object.ts';
import { addIdentity } from '../../testbed.ts';
import { atMost, exactly } from '../figures.ts';
import { inParallel } from '../in-parallel.ts';
import { createNamespaces } from '../namespaces.ts';
import { sampleMemory } from '../process-usage.ts';
import type { Row } from '../row.ts';
import { SecretEvents } from '../secret-events.ts';
import type { World } from '../world.ts';

const prefix = 'own';
const account = 'builder';

/** Nothing to share: each registry has a service account of its own, and AWS is asked for each. */
export const ownRegistries: Row = {
  name: 'own-registries',
  title: 'a registry and an identity in each namespace',
  async run(world) {
    const { bed, stage, operators } = world;
    const count = Math.ceil(world.size / 10);
    const names = await stage(`${count} service accounts`, () => createAccounts(world, count));
    const { operator } = await operators.restart();
    const memory = sampleMemory(operator.pid);
    const events = new SecretEvents(bed.client);
    await events.synced();
    bed.aws.resetCalls();
    const seconds = await stage(`${count} registries`, () => createRegistries(world, names, events));
    events.stop();
    return [
      // The same time as for a thousand, however few there are.
      atMost('time for all Secrets', seconds, 12, 's'),
      exactly('STS calls', bed.aws.countCalls({ service: 'sts' }), count),
      exactly('ECR calls', bed.aws.countCalls({ service: 'ecr' }), count),
      atMost('highest resident memory', Math.max(...memory.stop()), 150, 'MB'),
    ];
  },
};

async function createAccounts({ bed }: World, count: number): Promise<string[]> {
  const names = await createNamespaces(bed, prefix, count);
  await inParallel(names, 32, (namespace) => addIdentity(bed, namespace, account));
  return names;
}

/** Seconds from the first create to the last Secret. */
async function createRegistries(
  { bed: { client } }: World,
  namespaces: readonly string[],
  events: SecretEvents,
): Promise<number> {
  const spec = { region: 'eu-west-1', credentials: { serviceAccounts: { account } } };
  const started = performance.now();
  const all = events.nth(
    namespaces.length,
    ({ key, before }) => key.startsWith(`${prefix}-`) && before === undefined,
    60_000,
  );
  await inParallel(namespaces, 32, (namespace) =>
    client.create(ecrRegistries, { metadata: { namespace, name: 'images' }, spec } as KubeObject),
  );
  return ((await all).atMs - started) / 1000;
}
