import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { parseKey } from '../../kube/object.ts';
import type { ObservedSecret } from '../../secrets/observed-secret.ts';
import { firstExpiry } from '../../secrets/token-records.ts';
import type { ControllerDeps, QueueOptions } from '../controller.ts';
import { FanOut, type TargetState } from './fan-out.ts';
import type { FanOutPlan } from './plan.ts';
import { type NamespaceFacts, selects } from './selection.ts';

/** The queue that holds one key, `<namespace>/<registry>`, for each Secret of a cluster registry. */
export const targetKind = 'ClusterEcrRegistryTarget';

/** While Secrets are written the status is brought up to date so often. */
const progressMs = 1_000;
const settledMs = 50;

type Deps = Pick<ControllerDeps, 'view' | 'queue' | 'clock'>;

/** The fan-outs of all cluster registries, and which of their targets to look at when something changes. */
export class FanOuts {
  readonly #deps: Deps;
  readonly #byName = new Map<string, FanOut>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  get(name: string): FanOut | undefined {
    return this.#byName.get(name);
  }

  /** The fan-out of a registry; a registry that was made anew begins anew. */
  of({ metadata }: ClusterEcrRegistry, plan: FanOutPlan): FanOut {
    const known = this.#byName.get(metadata.name);
    if (known?.uid === metadata.uid) return known;
    const fanOut = new FanOut(metadata.uid, plan);
    this.#byName.set(metadata.name, fanOut);
    return fanOut;
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** Looks at every Secret that a registry has or should have; after those that somebody waits for. */
  queueAll(registry: ClusterEcrRegistry, fanOut: FanOut): void {
    const { view, clock } = this.#deps;
    const { uid, name } = registry.metadata;
    const secretName = secretNameOf(registry);
    const former = new Map<string, string[]>();
    const namespaces = new Set<string>();
    for (const key of view.secrets.ownedBy(uid)) {
      const { namespace = '', name: owned } = parseKey(key);
      namespaces.add(namespace);
      if (owned !== secretName) former.set(namespace, [...(former.get(namespace) ?? []), key]);
    }
    for (const [namespace, facts] of view.namespaces.entries()) {
      if (!selects(registry.spec, namespace, facts)) continue;
      namespaces.add(namespace);
      if (fanOut.has(namespace)) continue;
      const secret = view.secrets.get(`${namespace}/${secretName}`);
      fanOut.settle(namespace, stateOf(uid, secret, clock.now()));
    }
    for (const namespace of fanOut.namespaces()) namespaces.add(namespace);
    fanOut.former = former;
    for (const namespace of namespaces) this.queueTarget(name, fanOut, namespace, { priority: 'low' });
  }

  /** Looks again at the Secrets that wait for a token. */
  queueWaiting(name: string, fanOut: FanOut): void {
    for (const namespace of fanOut.waiting) this.queueTarget(name, fanOut, namespace, { priority: 'low' });
    fanOut.waiting.clear();
  }

  queueTarget(name: string, fanOut: FanOut, namespace: string, options?: QueueOptions): void {
    fanOut.queued(namespace);
    this.#deps.queue(targetKind, `${namespace}/${name}`, options);
  }

  /** A Secret was seen to: tells the registry, whose status sums them up. */
  settled(name: string, fanOut: FanOut): void {
    const afterMs = fanOut.busy ? progressMs : settledMs;
    this.#deps.queue(clusterEcrRegistries.kind, name, { afterMs });
  }

  namespaceChanged(namespace: string, facts: NamespaceFacts | undefined): void {
    for (const [name, registry] of this.#deps.view.clusterRegistries.entries()) {
      const fanOut = this.#byName.get(name);
      if (fanOut === undefined) continue;
      const wanted = facts !== undefined && selects(registry.spec, namespace, facts);
      if (wanted || fanOut.has(namespace)) this.queueTarget(name, fanOut, namespace);
    }
  }

  /** Somebody else changed or deleted a Secret with our label. */
  secretChanged(key: string): void {
    const { namespace = '', name: secretName } = parseKey(key);
    for (const [name, registry] of this.#deps.view.clusterRegistries.entries()) {
      const fanOut = this.#byName.get(name);
      if (fanOut?.has(namespace) && secretNameOf(registry) === secretName) {
        this.queueTarget(name, fanOut, namespace);
      }
    }
  }
}

/** How a Secret is before it was looked at: one with a good login is as good as it was before a restart. */
export function stateOf(ownerUid: string, secret: ObservedSecret | undefined, now: number): TargetState {
  if (secret?.ownerUid !== ownerUid || secret.deleting) return { kind: 'pending', records: {} };
  const kind = (firstExpiry(secret.tokens) ?? 0) > now ? 'ready' : 'pending';
  return { kind, records: secret.tokens };
}
