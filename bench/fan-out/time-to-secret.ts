import { type KubeObject, namespaces, secrets } from '../../src/kube/object.ts';
import type { Testbed } from '../testbed.ts';
import { labelsFor } from './cluster-registry.ts';
import { registry, secretName } from './scene.ts';

/**
 * Makes a namespace that the registry selects; gives the milliseconds until its Secret is seen. Each is watched for by
 * itself, so that the API server need not tell of all the others.
 */
export async function timeToSecret({ client }: Testbed, namespace: string): Promise<number> {
  const signal = AbortSignal.timeout(60_000);
  const seen = seenAt(client.watch<KubeObject>(secrets, { namespace, metadataOnly: true, signal }));
  const started = performance.now();
  const metadata = { name: namespace, labels: labelsFor(registry) };
  const [at] = await Promise.all([seen, client.create<KubeObject>(namespaces, { metadata })]);
  return at - started;
}

async function seenAt(events: ReturnType<Testbed['client']['watch']>): Promise<number> {
  for await (const { type, object } of events)
    if (type === 'ADDED' && object.metadata.name === secretName) return performance.now();
  throw new Error('the API server ended a watch of Secrets');
}
