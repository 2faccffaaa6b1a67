import { type KubeObject, namespaces } from '../../src/kube/object.ts';
import type { Testbed } from '../testbed.ts';
import { inParallel, range } from './in-parallel.ts';

/** Makes `<prefix>-0` and so on; gives their names. */
export async function createNamespaces(
  { client }: Testbed,
  prefix: string,
  count: number,
  labels: Record<string, string> = {},
): Promise<string[]> {
  const names = range(count).map((i) => `${prefix}-${i}`);
  await inParallel(names, 32, (name) =>
    client.create<KubeObject>(namespaces, { metadata: { name, labels } }, { metadataOnly: true }),
  );
  return names;
}
