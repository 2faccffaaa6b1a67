import type { Clock } from '../base/clock.ts';
import type { Credentials } from './credentials.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Encoded, with the query. */
  readonly path: string;
  /** The plural of the kind, for the observer. */
  readonly resource: string;
  /** Verb and object for error messages: `get secrets ci/prod-ecr`. */
  readonly what: string;
  readonly accept: string;
  readonly contentType?: string | undefined;
  /** JSON text. */
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One try of a request. `status` is 0 when no answer came; `seconds` go to the end of the body, of a watch to its head. */
export interface RequestRecord {
  readonly method: string;
  readonly resource: string;
  readonly status: number;
  readonly seconds: number;
}

export interface TransportOptions {
  readonly credentials: Credentials;
  readonly clock: Clock;
  readonly random: () => number;
  readonly userAgent?: string | undefined;
  /** Connections for calls; watches have their own and can not use them up. */
  readonly maxSockets?: number | undefined;
  /** From the connection to the end of the answer. Watches: to the head of the answer. */
  readonly requestTimeoutMs?: number | undefined;
  readonly onRequest?: ((record: RequestRecord) => void) | undefined;
}
