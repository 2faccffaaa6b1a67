import { type KubeObject, leases } from '../../src/kube/object.ts';
import type { Fixture } from '../operator/fixture.ts';

interface Held extends KubeObject {
  spec?: { holderIdentity?: string };
}

/** Who holds the Leases of the shards; fewer than there are Leases where somebody holds several. */
export async function leaseHolders(
  { client, namespace }: Fixture,
  id: string,
  shards: number,
): Promise<Set<string>> {
  const names = Array.from({ length: shards }, (_, shard) => `${id}-${shard}`);
  const found = await Promise.all(names.map((name) => client.get<Held>(leases, { namespace, name })));
  const holders = found.map((lease) => lease?.spec?.holderIdentity).filter((holder) => !!holder);
  return holders.length === shards ? new Set(holders as string[]) : new Set();
}
