import type { TargetFailure } from '../../api/cluster-ecr-registry.ts';
import type { Stall } from '../../api/reasons.ts';
import type { TokenRecords } from '../../secrets/token-records.ts';
import type { FanOutPlan } from './plan.ts';

/** How the Secret in one selected namespace is. `records` are what it holds. */
export type TargetState =
  | { kind: 'ready'; records: TokenRecords }
  /** Not looked at yet, or waits for a token. */
  | { kind: 'pending'; records: TokenRecords }
  | { kind: 'failed'; stall: Stall; records: TokenRecords };

export interface Counts {
  desired: number;
  ready: number;
  failed: number;
}

/** What AWS said to the last try for the tokens of a registry. */
export interface TokenRefusal {
  stall: Stall;
  /** Ids of the tokens. */
  ids: ReadonlySet<string>;
  /** Epoch milliseconds: when it may be asked again. */
  retryAtMs: number;
}

/**
 * What the operator knows of the Secrets of one cluster registry, in memory: it is found again after a restart by looking
 * at each of them once. Namespaces that are not selected have no state.
 */
export class FanOut {
  readonly uid: string;
  plan: FanOutPlan;
  /** Fingerprint of the plan by which the targets were last queued. */
  fingerprint = '';
  refusal: TokenRefusal | undefined;
  /** Namespaces whose Secret waits for a token that AWS refused. */
  readonly waiting = new Set<string>();
  /** Secrets of former names, by namespace: they go when the Secret of the new name is there. */
  former: ReadonlyMap<string, readonly string[]> = new Map();
  /** Caller as AWS named it with the last token. */
  callerArn: string | undefined;
  readonly #states = new Map<string, TargetState>();
  readonly #queued = new Set<string>();
  #written = 0;
  #ready = 0;
  #failed = 0;

  constructor(uid: string, plan: FanOutPlan) {
    this.uid = uid;
    this.plan = plan;
  }

  /** A namespace waits for its turn. */
  queued(namespace: string): void {
    this.#queued.add(namespace);
  }

  /** Whether a namespace still waits for its turn. */
  get busy(): boolean {
    return this.#queued.size > 0;
  }

  /** Notes how the Secret in a namespace is; undefined where none is wanted. */
  settle(namespace: string, state: TargetState | undefined, written = false): void {
    this.#queued.delete(namespace);
    this.#count(this.#states.get(namespace), -1);
    this.#count(state, 1);
    if (state === undefined) this.#states.delete(namespace);
    else this.#states.set(namespace, state);
    if (state === undefined) this.waiting.delete(namespace);
    if (written) this.#written++;
  }

  has(namespace: string): boolean {
    return this.#states.has(namespace);
  }

  /** Namespaces that are selected, as far as they have been looked at. */
  namespaces(): Iterable<string> {
    return this.#states.keys();
  }

  counts(): Counts {
    return { desired: this.#states.size, ready: this.#ready, failed: this.#failed };
  }

  /** How many Secrets were written since this was last asked. */
  takeWritten(): number {
    const written = this.#written;
    this.#written = 0;
    return written;
  }

  /** The different contents of the Secrets: few, as all have the same tokens but while a renewal is under way. */
  contents(): TokenRecords[] {
    return [...new Set([...this.#states.values()].map(({ records }) => records))];
  }

  /** The first failures by the name of the namespace. */
  failures(limit: number): TargetFailure[] {
    if (this.#failed === 0) return [];
    const failed = [...this.#states].flatMap(([namespace, state]): TargetFailure[] =>
      state.kind === 'failed' ? [{ namespace, ...state.stall }] : [],
    );
    return failed.toSorted((a, b) => (a.namespace < b.namespace ? -1 : 1)).slice(0, limit);
  }

  #count(state: TargetState | undefined, by: 1 | -1): void {
    if (state?.kind === 'ready') this.#ready += by;
    if (state?.kind === 'failed') this.#failed += by;
  }
}
