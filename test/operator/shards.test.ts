import { describe, expect, it } from 'vitest';
import { leaseOfShard, shardOf } from '../../src/operator/shards.ts';

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('the shards of the work', () => {
  it('hold all of a namespace together, whatever the kind', () => {
    for (const i of range(50)) {
      const keys = ['EcrRegistry', 'EcrPipeline', 'OrphanSecret'].map((kind) =>
        shardOf(kind, `ns-${i}/x`, 7),
      );
      expect(new Set([...keys, shardOf('EcrRegistry', `ns-${i}/y`, 7)]).size).toBe(1);
    }
  });

  it('hold the Secrets of a cluster registry with it, in every namespace', () => {
    const own = shardOf('ClusterEcrRegistry', 'shared', 7);
    const targets = range(50).map((i) => shardOf('ClusterEcrRegistryTarget', `ns-${i}/shared`, 7));
    expect(new Set([own, ...targets])).toEqual(new Set([own]));
  });

  it('are about as large as one another', () => {
    const counts = [0, 0, 0, 0];
    for (const i of range(4_000)) {
      const shard = shardOf('EcrRegistry', `team-${i}/prod`, 4);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });

  it('have Leases of their own, and without sharding the one that was named', () => {
    expect(leaseOfShard('ecr-operator', 0, 1)).toBe('ecr-operator');
    expect(range(2).map((shard) => leaseOfShard('ecr-operator', shard, 2))).toEqual([
      'ecr-operator-0',
      'ecr-operator-1',
    ]);
  });
});
