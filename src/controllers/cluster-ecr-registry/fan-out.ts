import type { TargetFailure } from '../../api/cluster-ecr-registry.ts';
import type { Stall } from '../../api/reasons.ts';
import type { TokenUnavailable } from '../../aws/token-source.ts';
import { identityKey } from '../../identity/identity.ts';
import { firstExpiry, type TokenRecords } from '../../secrets/token-records.ts';
import { Contents } from './contents.ts';
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

/**
 * What the operator knows of the Secrets of one cluster registry, in memory: it is found again after a restart by looking
 * at each of them once. Namespaces that are not selected have no state.
 */
export class FanOut {
  readonly uid: string;
  /** Fingerprint of the plan by which the targets were last queued. */
  fingerprint = '';
  /** Epoch milliseconds of the last status. */
  reportedAtMs = 0;
  /** What AWS said to the last try, by the id of the token, while it gives none. */
  readonly refusals = new Map<string, TokenUnavailable>();
  /** Namespaces whose Secret waits for a token that AWS refused. */
  readonly waiting = new Set<string>();
  /** Caller as AWS named it with the last token. */
  callerArn: string | undefined;
  #plan: FanOutPlan;
  readonly #states = new Map<string, TargetState>();
  readonly #queued = new Set<string>();
  readonly #contents = new Contents();
  #written = 0;
  #writtenAtMs = 0;
  #failed = 0;

  constructor(uid: string, plan: FanOutPlan) {
    this.uid = uid;
    this.#plan = plan;
  }

  get plan(): FanOutPlan {
    return this.#plan;
  }

  /** From now on this is to be. Who AWS said another identity is does not count any more. */
  adopt(plan: FanOutPlan): void {
    const identityOf = (p: FanOutPlan): string => (p.kind === 'ready' ? identityKey(p.identity) : '');
    if (identityOf(plan) !== identityOf(this.#plan)) this.callerArn = undefined;
    this.#plan = plan;
  }

  /** A namespace waits for its turn, or has it. */
  queued(namespace: string): void {
    this.#queued.add(namespace);
  }

  /** A namespace had its turn, and nothing new is known of it. */
  release(namespace: string): void {
    this.#queued.delete(namespace);
  }

  /** Whether a namespace still waits for its turn. */
  get busy(): boolean {
    return this.#queued.size > 0;
  }

  /** Notes how the Secret in a namespace is; undefined where none is wanted. */
  settle(namespace: string, state: TargetState | undefined): void {
    this.#queued.delete(namespace);
    this.#count(this.#states.get(namespace), -1);
    this.#count(state, 1);
    if (state === undefined) this.#states.delete(namespace);
    else this.#states.set(namespace, state);
    if (state === undefined) this.waiting.delete(namespace);
  }

  /** Whether a namespace has a Secret of the registry or may be about to get one. */
  knows(namespace: string): boolean {
    return this.#states.has(namespace) || this.#queued.has(namespace);
  }

  stateOf(namespace: string): TargetState | undefined {
    return this.#states.get(namespace);
  }

  /** Namespaces that `knows` is true of. */
  *namespaces(): Generator<string> {
    yield* this.#states.keys();
    for (const namespace of this.#queued) if (!this.#states.has(namespace)) yield namespace;
  }

  /** A Secret whose login has expired is not ready, whoever looked at it last. `now` is epoch milliseconds. */
  counts(now: number): Counts {
    return { desired: this.#states.size, ready: this.#contents.ready(now), failed: this.#failed };
  }

  wrote(now: number): void {
    this.#written++;
    this.#writtenAtMs = now;
  }

  /**
   * How many Secrets were written since this was last asked, once none has been for `quietMs`; else when to ask again. While
   * namespaces wait for their turn nobody need ask: each that had it tells the registry.
   */
  takeWritten(now: number, quietMs: number): { count: number } | { againAtMs: number | undefined } {
    if (this.#written === 0 || this.busy) return { againAtMs: undefined };
    if (now - this.#writtenAtMs < quietMs) return { againAtMs: this.#writtenAtMs + quietMs };
    const count = this.#written;
    this.#written = 0;
    return { count };
  }

  /** The different contents of the Secrets: few, as all have the same tokens but while a renewal is under way. */
  contents(): TokenRecords[] {
    return this.#contents.all();
  }

  /** When the next of the logins expires that are good now. */
  nextExpiry(now: number): number | undefined {
    const times = this.contents().flatMap((records) => firstExpiry(records) ?? []);
    const ahead = times.filter((time) => time > now);
    return ahead.length === 0 ? undefined : Math.min(...ahead);
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
    if (state === undefined) return;
    this.#contents.count(state.records, state.kind === 'ready', by);
    if (state.kind === 'failed') this.#failed += by;
  }
}
