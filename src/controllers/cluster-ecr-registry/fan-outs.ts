import { clusterEcrRegistries, type ClusterEcrRegistry } from '../../api/cluster-ecr-registry.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { parseKey } from '../../kube/object.ts';
import type { ControllerDeps, QueueOptions } from '../controller.ts';
import type { NamespaceFacts } from '../view/namespace-facts.ts';
import { FanOut, type TargetState } from './fan-out.ts';
import type { FanOutPlan } from './plan.ts';
import { selects } from './selection.ts';
import { pending, stateOf } from './target-state.ts';

/** The queue that holds one key, `<namespace>/<registry>`, for each Secret of a cluster registry. */
export const targetKind = 'ClusterEcrRegistryTarget';

/** So often at most is the status brought up to date, while Secrets wait to be written and when they come one by one. */
const reportEveryMs = { busy: 1_000, quiet: 250 };
const soonMs = 50;

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

  /** The fan-out of a registry, with this plan; a registry that was made anew begins anew. */
  of({ metadata }: ClusterEcrRegistry, plan: FanOutPlan): FanOut {
    const known = this.#byName.get(metadata.name);
    if (known?.uid === metadata.uid) {
      known.adopt(plan);
      return known;
    }
    const fanOut = new FanOut(metadata.uid, plan);
    this.#byName.set(metadata.name, fanOut);
    return fanOut;
  }

  forget(name: string): void {
    this.#byName.delete(name);
  }

  /** Looks at every Secret that a registry has or should have; after those that somebody waits for. */
  queueAll(registry: ClusterEcrRegistry, fanOut: FanOut): void {
    const { view } = this.#deps;
    const { uid, name } = registry.metadata;
    const namespaces = new Set<string>(fanOut.namespaces());
    for (const key of view.secrets.ownedBy(uid)) namespaces.add(parseKey(key).namespace ?? '');
    for (const [namespace, facts] of view.namespaces.entries())
      if (selects(registry.spec, namespace, facts)) {
        namespaces.add(namespace);
        fanOut.settle(namespace, this.#before(registry, fanOut, namespace));
      }
    // Those that have no login yet come before those that have one.
    const waits = (namespace: string): boolean => fanOut.stateOf(namespace)?.kind === 'pending';
    for (const first of [true, false])
      for (const namespace of namespaces)
        if (waits(namespace) === first) this.queueTarget(name, fanOut, namespace, { priority: 'low' });
  }

  /** How a Secret counts until it has been looked at: as the status says, if that speaks of this spec. */
  #before(registry: ClusterEcrRegistry, fanOut: FanOut, namespace: string): TargetState {
    const { view, clock } = this.#deps;
    const { status, metadata } = registry;
    const known = fanOut.stateOf(namespace);
    const secret = view.secrets.get(`${namespace}/${secretNameOf(registry)}`);
    const found = stateOf(metadata.uid, secret, clock.now());
    if (status?.observedGeneration !== metadata.generation) return pending(known?.records ?? found.records);
    if (known !== undefined) return known;
    const failure = status.failures?.find((each) => each.namespace === namespace);
    if (failure === undefined) return found;
    const { reason, message = '' } = failure;
    return { kind: 'failed', stall: { reason, message }, records: found.records };
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
    const everyMs = fanOut.busy ? reportEveryMs.busy : reportEveryMs.quiet;
    const afterMs = Math.max(soonMs, fanOut.reportedAtMs + everyMs - this.#deps.clock.now());
    this.#deps.queue(clusterEcrRegistries.kind, name, { afterMs: Math.min(afterMs, everyMs) });
  }

  namespaceChanged(namespace: string, facts: NamespaceFacts | undefined): void {
    for (const [name, registry] of this.#deps.view.clusterRegistries.entries()) {
      const fanOut = this.#byName.get(name);
      if (fanOut === undefined) continue;
      const wanted = facts !== undefined && selects(registry.spec, namespace, facts);
      if (wanted || fanOut.knows(namespace)) this.queueTarget(name, fanOut, namespace);
    }
  }

  /** Somebody else changed or deleted a Secret with our label. */
  secretChanged(key: string): void {
    const { namespace = '', name: secretName } = parseKey(key);
    for (const [name, registry] of this.#deps.view.clusterRegistries.entries()) {
      const fanOut = this.#byName.get(name);
      if (fanOut?.knows(namespace) && secretNameOf(registry) === secretName)
        this.queueTarget(name, fanOut, namespace);
    }
  }
}
