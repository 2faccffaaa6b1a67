import type { KubeClient } from '../kube/client.ts';
import { isGone } from '../kube/errors.ts';
import type { KubeObject, ResourceType } from '../kube/object.ts';

/**
 * An object and every later version of it, until the signal aborts, which rejects with its reason. Undefined once it is
 * deleted. `first` is the version to begin with.
 */
export async function* follow<T extends KubeObject>(
  client: Pick<KubeClient, 'get' | 'watch'>,
  type: ResourceType,
  first: T,
  signal: AbortSignal,
): AsyncGenerator<T | undefined> {
  const { name, namespace } = first.metadata;
  const key = namespace === undefined ? { name } : { namespace, name };
  let last: T = first;
  yield first;
  for (;;) {
    signal.throwIfAborted();
    try {
      const { resourceVersion } = last.metadata;
      const fieldSelector = `metadata.name=${name}`;
      for await (const event of client.watch<T>(type, {
        namespace,
        fieldSelector,
        resourceVersion,
        signal,
      })) {
        if (event.type === 'DELETED') {
          yield undefined;
          return;
        }
        if (event.type === 'BOOKMARK') continue;
        last = event.object;
        yield last;
      }
    } catch (error) {
      if (!isGone(error)) throw error;
      // The API server has forgotten this version: go on with the newest.
      const newest = await client.get<T>(type, key, { signal });
      yield newest;
      if (newest === undefined) return;
      last = newest;
    }
  }
}
