import { hash32 } from '../base/hash.ts';
import { targetKind } from '../controllers/cluster-ecr-registry/fan-outs.ts';
import { parseKey } from '../kube/object.ts';

/**
 * Which of `shards` parts of the work, counted from 0, a key belongs to. What is in one namespace stays together, as its
 * registries and pipelines share identities; all Secrets of a cluster registry stay with it. Pure.
 */
export function shardOf(kind: string, key: string, shards: number): number {
  if (shards === 1) return 0;
  const { namespace, name } = parseKey(key);
  const togetherBy = kind === targetKind ? name : (namespace ?? name);
  return hash32(togetherBy) % shards;
}

/** Name of the Lease of a shard. Without sharding it is the name that was given. */
export function leaseOfShard(id: string, shard: number, shards: number): string {
  return shards === 1 ? id : `${id}-${shard}`;
}
