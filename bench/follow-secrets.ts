import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import type { KubeClient } from '../src/kube/client.ts';
import { type KubeObject, secrets } from '../src/kube/object.ts';
import { createReflector } from '../src/kube/reflector.ts';

/** A watch of Secrets that measuring rests on, so that it asks the API server nothing. */
export interface Following {
  /** Resolves when those that exist have been seen. */
  synced(): Promise<void>;
  stop(): void;
}

/** Follows Secrets by their metadata. `keep` is what is told of one: now, and before. */
export function followSecrets<T>(
  client: KubeClient,
  keep: (secret: KubeObject) => T,
  onChange: (key: string, now: T | undefined, before: T | undefined) => void,
  labelSelector?: string,
): Following {
  const stop = new AbortController();
  const reflector = createReflector<T>({
    client,
    type: secrets,
    labelSelector,
    metadataOnly: true,
    trim: keep,
    onChange,
    clock: systemClock,
    random: Math.random,
    log: silentLog,
  });
  void reflector.run(stop.signal);
  const synced = reflector.synced();
  return { synced: () => synced, stop: () => stop.abort() };
}
