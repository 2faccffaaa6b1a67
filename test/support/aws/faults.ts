import type { Service } from './api-request.ts';
import { matchesGlob } from './glob.ts';

/** How a successful answer is spoilt. */
export interface BodyChange {
  /** Replaces the whole body. */
  readonly raw?: string;
  /** `body`: a complete answer that holds half of the text; `connection`: the connection breaks half-way. */
  readonly truncated?: 'body' | 'connection';
  /** Epoch seconds of any size, or no expiry at all. Only what the answer says changes, not the true lifetime. */
  readonly expiresAt?: number | 'missing';
  readonly authorizationData?: 'empty' | 'several';
  /** A password with a colon, or 12 kB long. The registry accepts it: it is unusual, not wrong. */
  readonly password?: 'with-colon' | '12-kB';
}

/** Which calls a fault is for. ARNs may hold `*`. */
interface FaultFilter {
  readonly service: Service;
  readonly operation?: string;
  readonly region?: string;
  readonly roleArn?: string;
  readonly principal?: string;
}

type FaultEffect =
  | { readonly kind: 'error'; readonly status?: number; readonly code: string; readonly message?: string }
  /** The call is never answered. */
  | { readonly kind: 'hang' }
  /** The connection is dropped. */
  | { readonly kind: 'reset' }
  /** The call is answered as usual, but late (`latencyMs`). */
  | { readonly kind: 'delay' }
  | { readonly kind: 'body'; readonly body: BodyChange };

export type Fault = FaultFilter &
  FaultEffect & {
    /** How many calls it hits before it is used up; default: all until it is removed. */
    readonly times?: number;
    /** Delay before the effect, in milliseconds. */
    readonly latencyMs?: number;
  };

/** What a call is matched by. */
interface FaultSubject {
  readonly service: Service;
  readonly operation: string;
  readonly region: string;
  readonly roleArn: string | undefined;
  readonly principalArn: string | undefined;
}

export interface Faults {
  /** Adds a fault and returns what removes it. The oldest matching fault hits a call. */
  inject(fault: Fault): () => void;
  clear(): void;
}

/** The server's side: uses up the fault that hits this call. */
export interface FaultSource {
  take(subject: FaultSubject): Fault | undefined;
}

/** No faults yet. */
export function createFaults(): Faults & FaultSource {
  const active = new Map<symbol, { readonly fault: Fault; left: number }>();
  return {
    inject(fault) {
      const id = Symbol(fault.kind);
      active.set(id, { fault, left: fault.times ?? Infinity });
      return () => void active.delete(id);
    },
    clear: () => active.clear(),
    take(subject) {
      for (const [id, entry] of active) {
        if (!hits(entry.fault, subject)) continue;
        entry.left -= 1;
        if (entry.left <= 0) active.delete(id);
        return entry.fault;
      }
      return undefined;
    },
  };
}

function hits(filter: FaultFilter, subject: FaultSubject): boolean {
  return (
    filter.service === subject.service &&
    (filter.operation ?? subject.operation) === subject.operation &&
    (filter.region ?? subject.region) === subject.region &&
    arnFits(filter.roleArn, subject.roleArn) &&
    arnFits(filter.principal, subject.principalArn)
  );
}

function arnFits(pattern: string | undefined, arn: string | undefined): boolean {
  return pattern === undefined || (arn !== undefined && matchesGlob(pattern, arn));
}
