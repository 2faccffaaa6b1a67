import type { KubeClient } from './client.ts';
import type { WriteLimit } from './write-limit.ts';

/** The client with its writes under a limit. Reads, watches and tokens of service accounts go as they come. */
export function limitWrites(client: KubeClient, limit: Pick<WriteLimit, 'run'>): KubeClient {
  return {
    ...client,
    create: (...args) => limit.run(() => client.create(...args)),
    replace: (...args) => limit.run(() => client.replace(...args)),
    mergePatch: (...args) => limit.run(() => client.mergePatch(...args)),
    apply: (...args) => limit.run(() => client.apply(...args)),
    delete: (...args) => limit.run(() => client.delete(...args)),
  };
}
