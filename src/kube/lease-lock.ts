import type { Clock } from '../base/clock.ts';
import type { KubeClient } from './client.ts';
import { isAlreadyExists, isConflict, isNotFound } from './errors.ts';
import {
  type Lease,
  type LeaseStep,
  type Moment,
  nextLeaseStep,
  type Observation,
  observeLease,
  releasedSpec,
} from './lease.ts';
import { leases } from './object.ts';

/** The calls that leader election makes. */
export type LeaseClient = Pick<KubeClient, 'get' | 'create' | 'replace'>;

export interface LeaseLockOptions {
  readonly client: LeaseClient;
  /** Time of day, to be written into the lease. */
  readonly clock: Clock;
  /** A clock that setting the time does not move, to measure with. */
  readonly elapsed: Clock;
  /** Unique per process: two processes of one identity would both lead. */
  readonly identity: string;
  readonly namespace: string;
  readonly name: string;
  readonly leaseMs: number;
  /** How long one request may take. */
  readonly requestTimeoutMs: number;
}

/** How an attempt to take or renew the lease ended. */
export type Attempt =
  /** It is ours; `since` is the moment before the request was sent, which no other process can have seen later. */
  | { readonly kind: 'held'; readonly since: Moment }
  /** It is `holder`'s ('': nobody's), who counts as alive until `untilMs` of the elapsed clock. */
  | { readonly kind: 'other'; readonly holder: string; readonly untilMs: number }
  /** Nothing is known: the API server did not answer or said no. */
  | { readonly kind: 'failed'; readonly error: unknown };

/** Someone else was faster; what the lease is now has to be read anew. Three times in a row is a failure. */
const mostRounds = 3;
const isOvertaken = (error: unknown): boolean =>
  isConflict(error) || isAlreadyExists(error) || isNotFound(error);

/** One Lease as one process sees it. Calls must not overlap. */
export class LeaseLock {
  readonly #options: LeaseLockOptions;
  /** As the API server last told it; a write needs its resourceVersion. */
  #lease: Lease | undefined;
  #seen: Observation | undefined;

  constructor(options: LeaseLockOptions) {
    this.#options = options;
  }

  now(): Moment {
    return { elapsedMs: this.#options.elapsed.now(), wallMs: this.#options.clock.now() };
  }

  /** Takes the lease if it is free or its holder counts as dead. */
  acquire(): Promise<Attempt> {
    return this.#attempt(Infinity, false);
  }

  /** Renews the lease that this process holds, and gives up at `deadlineMs` of the elapsed clock. */
  renew(deadlineMs: number): Promise<Attempt> {
    return this.#attempt(deadlineMs, true);
  }

  /** Gives the lease back if it is still ours. Rejects when that did not work: the lease then runs out by itself. */
  async release(): Promise<void> {
    for (let round = 1; ; round++) {
      if (!this.#isOurs()) await this.#read(Infinity);
      if (!this.#isOurs()) return;
      try {
        await this.#replace(releasedSpec(this.#lease?.spec ?? {}, this.now().wallMs), Infinity);
        return;
      } catch (error) {
        if (!isOvertaken(error) || round === mostRounds) throw error;
        this.#lease = undefined;
      }
    }
  }

  async #attempt(deadlineMs: number, holding: boolean): Promise<Attempt> {
    try {
      for (let round = 1; ; round++) {
        // The holder knows its lease from its last write and saves the read.
        if (!this.#isOurs()) await this.#read(deadlineMs);
        const since = this.now();
        const step = nextLeaseStep(this.#lease, this.#seen, this.#options, since);
        if (step.kind === 'wait') return { kind: 'other', holder: step.holder, untilMs: step.untilMs };
        // Even a lease that is free by now went through other hands: what this process knew is out of date.
        if (holding && this.#lease !== undefined && !this.#isOurs()) {
          return { kind: 'other', holder: this.#seen?.holder ?? '', untilMs: since.elapsedMs };
        }
        const error = await this.#write(step, deadlineMs);
        if (error === undefined) return { kind: 'held', since };
        if (round === mostRounds) return { kind: 'failed', error };
      }
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  /** Returns the error when somebody was faster, and rejects with any other. */
  async #write(step: Exclude<LeaseStep, { kind: 'wait' }>, deadlineMs: number): Promise<unknown> {
    try {
      await (step.kind === 'create'
        ? this.#create(step.spec, deadlineMs)
        : this.#replace(step.spec, deadlineMs));
      return undefined;
    } catch (error) {
      if (!isOvertaken(error)) throw error;
      this.#lease = undefined;
      return error;
    }
  }

  #isOurs(): boolean {
    return this.#lease?.spec?.holderIdentity === this.#options.identity;
  }

  async #read(deadlineMs: number): Promise<void> {
    const { client, namespace, name } = this.#options;
    this.#note(
      await this.#request('get', deadlineMs, (signal) =>
        client.get<Lease>(leases, { namespace, name }, { signal }),
      ),
    );
  }

  async #create(spec: Lease['spec'], deadlineMs: number): Promise<void> {
    const { client, namespace, name } = this.#options;
    const { apiVersion, kind } = leases;
    const lease: Lease = { apiVersion, kind, metadata: { namespace, name }, ...(spec && { spec }) };
    this.#note(
      await this.#request('create', deadlineMs, (signal) => client.create(leases, lease, { signal })),
    );
  }

  async #replace(spec: Lease['spec'], deadlineMs: number): Promise<void> {
    if (this.#lease === undefined) return;
    const lease: Lease = { ...this.#lease, spec: { ...this.#lease.spec, ...spec } };
    this.#note(
      await this.#request('replace', deadlineMs, (signal) =>
        this.#options.client.replace(leases, lease, { signal }),
      ),
    );
  }

  #note(lease: Lease | undefined): void {
    this.#lease = lease;
    this.#seen = observeLease(this.#seen, lease, this.#options.elapsed.now(), this.#options.leaseMs);
  }

  /** Runs a request against the deadline, whether or not the client heeds its signal. */
  async #request<T>(verb: string, deadlineMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { elapsed, requestTimeoutMs, namespace, name } = this.#options;
    const ms = Math.min(requestTimeoutMs, deadlineMs - elapsed.now());
    const timeout = new Error(`${verb} leases ${namespace}/${name}: no answer within ${Math.round(ms)} ms`);
    const expired = Promise.withResolvers<never>();
    const abort = new AbortController();
    const cancel = elapsed.after(ms, () => {
      expired.reject(timeout);
      abort.abort(timeout);
    });
    try {
      return await Promise.race([call(abort.signal), expired.promise]);
    } finally {
      cancel();
    }
  }
}
