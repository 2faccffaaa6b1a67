import { ApiError } from '../../src/kube/errors.ts';
import type { Lease } from '../../src/kube/lease.ts';
import type { LeaseClient } from '../../src/kube/lease-lock.ts';
import type { ManualClock } from './manual-clock.ts';
import type { ProcessClock } from './process-clock.ts';

/** The way between one process and the API server. */
export interface Link {
  /** `deaf`: requests are lost. `mute`: they are carried out, and the answers are lost. */
  state: 'up' | 'deaf' | 'mute' | 'refused';
  /** How long a request is under way before it is carried out. */
  latencyMs: number;
}

/** One Lease with optimistic concurrency, as the API server keeps it. Ignores abort signals, as a network does. */
export class LeaseStore {
  lease: Lease | undefined;
  writes = 0;
  readonly #clock: ManualClock;
  #version = 0;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  client(link: Link, process: ProcessClock): LeaseClient {
    const call = (work: () => Lease | undefined): Promise<Lease | undefined> =>
      new Promise((resolve, reject) => {
        const { state } = link;
        this.#clock.after(link.latencyMs, () => {
          if (state === 'deaf') return;
          if (state === 'refused') {
            process.run(() => reject(new Error('connect ECONNREFUSED')));
            return;
          }
          const answer = this.#carryOut(work, resolve, reject);
          if (state === 'up') process.run(answer);
        });
      });
    return {
      get: () => call(() => this.lease),
      create: (_type: unknown, lease: Lease) => call(() => this.#create(lease)),
      replace: (_type: unknown, lease: Lease) => call(() => this.#replace(lease)),
    } as unknown as LeaseClient;
  }

  #carryOut(
    work: () => Lease | undefined,
    resolve: (lease: Lease | undefined) => void,
    reject: (error: unknown) => void,
  ): () => void {
    try {
      const lease = structuredClone(work());
      return () => resolve(lease);
    } catch (error) {
      return () => reject(error);
    }
  }

  #create(lease: Lease): Lease {
    if (this.lease !== undefined) throw new ApiError('create leases', 409, { reason: 'AlreadyExists' });
    return this.#store(lease);
  }

  #replace(lease: Lease): Lease {
    if (this.lease === undefined) throw new ApiError('replace leases', 404, { reason: 'NotFound' });
    if (lease.metadata.resourceVersion !== this.lease.metadata.resourceVersion) {
      throw new ApiError('replace leases', 409, { reason: 'Conflict' });
    }
    return this.#store(lease);
  }

  #store(lease: Lease): Lease {
    this.writes++;
    this.lease = structuredClone(lease);
    this.lease.metadata.resourceVersion = String(++this.#version);
    return this.lease;
  }
}
