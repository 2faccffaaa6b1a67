import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { KubeClient } from '../../kube/client.ts';
import { parseKey, type ResourceType } from '../../kube/object.ts';
import { createReflector } from '../../kube/reflector.ts';
import type { ObjectWatch, StartObjectWatch } from './watched-secrets.ts';

/** Starts metadata-only watches of single objects of a kind; all of them end with `signal`. */
export function objectWatches(
  type: ResourceType,
  deps: { client: KubeClient; clock: Clock; random: () => number; log: Log },
  signal: AbortSignal,
): StartObjectWatch {
  return (key, onChange): ObjectWatch => {
    const { namespace, name } = parseKey(key);
    const stop = new AbortController();
    const reflector = createReflector<string>({
      ...deps,
      type,
      namespace,
      fieldSelector: `metadata.name=${name}`,
      metadataOnly: true,
      trim: (object) => object.metadata.resourceVersion,
      // What the first list shows is what the caller reads after `synced`; only later changes are news.
      onChange: () => {
        if (reflector.hasSynced()) onChange();
      },
    });
    void reflector.run(AbortSignal.any([signal, stop.signal]));
    return {
      version: () => reflector.get(key),
      synced: (until) => reflector.synced(until),
      stop: () => stop.abort(),
    };
  };
}
