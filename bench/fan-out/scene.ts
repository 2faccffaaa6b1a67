import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import { addIdentity } from '../testbed.ts';
import { createClusterRegistry, identityNamespace, labelsFor, settled } from './cluster-registry.ts';
import { createForeignSecrets } from './foreign-secrets.ts';
import { createNamespaces } from './namespaces.ts';
import { PlainCopies } from './plain-copies.ts';
import type { World } from './world.ts';

/** The registry of all rows, and the name of its Secrets. */
export const registry = 'shared';
export const secretName = `${registry}-ecr`;

/** The namespaces that the registry selects from the start, and its service account. */
export function teams({ bed, size, once }: World): Promise<string[]> {
  return once(`${size} namespaces`, async () => {
    await addIdentity(bed, identityNamespace, 'puller');
    return createNamespaces(bed, 'team', size, labelsFor(registry));
  });
}

/** The registry with all of its Secrets; gives how long they took from its creation, in seconds. */
export async function fannedOut(world: World): Promise<number> {
  const { bed, size, once, operators } = world;
  await teams(world);
  await operators.leader();
  return once('first fan-out', async () => {
    const started = performance.now();
    await createClusterRegistry(bed, registry, 'puller');
    await settled(bed, registry, { count: size });
    world.targets = size;
    return (performance.now() - started) / 1000;
  });
}

/**
 * Writes the same as the operator in a tenth as many namespaces of its own. A registry with one Secret is the model; the
 * operator that made it is stopped.
 */
export function plainCopies({ bed, size, once, operators }: World): Promise<PlainCopies> {
  return once('a Secret as the model of plain ones', async () => {
    const name = 'model';
    const [namespace = ''] = await createNamespaces(bed, name, 1, labelsFor(name));
    await addIdentity(bed, identityNamespace, name);
    await operators.leader();
    await createClusterRegistry(bed, name, name);
    await settled(bed, name, { count: 1 });
    const places = await createNamespaces(bed, 'plain', Math.ceil(size / 10));
    const copies = await PlainCopies.of(bed, { namespace, name: `${name}-ecr` }, places, size);
    await bed.client.delete(clusterEcrRegistries, { name });
    await operators.stop();
    return copies;
  });
}

/** As many plain creates as the registry has Secrets; gives how many in a second. */
export async function plainCreates(world: World): Promise<number> {
  const copies = await plainCopies(world);
  return world.once('plain creates', () => copies.createAll('first'));
}

/** Twice as many Secrets of somebody else's as the registry has; gives how many. */
export async function foreignSecrets(world: World): Promise<number> {
  const { bed, size, once } = world;
  const count = 2 * size;
  const places = await teams(world);
  await once(`${count} foreign Secrets`, () => createForeignSecrets(bed, places, count));
  return count;
}
