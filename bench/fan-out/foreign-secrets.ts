import { createHash, randomBytes } from 'node:crypto';
import { labels } from '../../src/api/names.ts';
import { keyOf, type KubeObject, secrets } from '../../src/kube/object.ts';
import { minimalClient } from '../minimal-client.ts';
import type { Testbed } from '../testbed.ts';
import { inParallel, range } from './in-parallel.ts';

const mark = { 'fan-out/foreign': 'yes' };
const bytes = 4_096;
/** So many of them carry the label by which the operator watches its own, but nothing else of its. */
const withOurLabel = 10;

/** Somebody else's Secrets of 4 kB, spread over the namespaces. */
export async function createForeignSecrets(
  { controlPlane }: Testbed,
  namespaces: readonly string[],
  count: number,
): Promise<void> {
  const { send, close } = minimalClient(controlPlane.adminKubeconfig, 32);
  await inParallel(range(count), 32, (i) => {
    const claim = i < withOurLabel ? { [labels.managedBy]: 'ecr-operator' } : {};
    const metadata = { name: `foreign-${i}`, labels: { ...mark, ...claim } };
    const data = { payload: randomBytes(bytes).toString('base64') };
    return send('POST', `/api/v1/namespaces/${namespaces[i % namespaces.length]}/secrets`, {
      metadata,
      data,
    });
  });
  close();
}

/** A hash of all that the API server has of each of them, by `namespace/name`. */
export async function hashesOfForeignSecrets({ client }: Testbed): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const labelSelector = Object.entries(mark)
    .map(([name, value]) => `${name}=${value}`)
    .join();
  for await (const { items } of client.listPages<KubeObject>(secrets, { labelSelector }))
    for (const item of items)
      hashes.set(keyOf(item), createHash('sha256').update(JSON.stringify(item)).digest('hex'));
  return hashes;
}
