/** One entry of `Status.details.causes`: e.g. which field is wrong, or `NamespaceTerminating`. */
export interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The fields of the API server's `Status` object that errors are made of. */
export interface Status {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly name?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** What the API server answered when it did not do what it was asked. Carries no request body and no header. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status, or the code inside an ERROR event of a watch. */
  readonly status: number;
  /** `Status.reason` (`NotFound`, `Conflict`, `Invalid`, ...), or '' when the answer was not a Status. */
  readonly reason: string;
  /** How long the API server asks to wait before the next try. */
  readonly retryAfterMs: number | undefined;
  readonly causes: readonly StatusCause[];
  /** The object that the answer is about; undefined when it is about the kind or the path. */
  readonly objectName: string | undefined;

  /** `what` is verb and object, as in `get secrets ci/prod-ecr`. */
  constructor(what: string, httpStatus: number, status: Status, retryAfterMs?: number) {
    const reason = status.reason ?? '';
    const said = status.message ?? 'no message';
    super(`${what}: the API server answered ${httpStatus}${reason === '' ? '' : ` ${reason}`}: ${said}`);
    this.status = httpStatus;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
    this.causes = status.details?.causes ?? [];
    this.objectName = status.details?.name;
  }
}

/**
 * How a connection was lost. `idle`: it had been used before and was closed without a byte of an answer, so the other
 * side had left it; `reset`: in the middle; `other`: refused, no such host, TLS, no answer in time, or
 * one that is not JSON.
 */
export type Loss = 'idle' | 'reset' | 'other';

/** No usable answer came. `cause` is Node's error if there was one. */
export class ConnectionError extends Error {
  override readonly name: string = 'ConnectionError';
  readonly loss: Loss;

  constructor(message: string, o: { readonly cause?: unknown; readonly loss?: Loss } = {}) {
    super(message, o.cause === undefined ? {} : { cause: o.cause });
    this.loss = o.loss ?? 'other';
  }
}

/** The answer did not come in time; the API server may still carry the request out. */
export class TimeoutError extends ConnectionError {
  override readonly name = 'TimeoutError';
}

/** A name that must not become part of a URL. Nothing was sent; trying again is of no use. */
export class IllegalNameError extends Error {
  override readonly name = 'IllegalNameError';
}

const withStatus =
  (status: number) =>
  (e: unknown): e is ApiError =>
    e instanceof ApiError && e.status === status;

/** 400: the API server does not understand the request (an older server, or a feature that is off). */
export const isBadRequest = withStatus(400);
/** 403: RBAC, admission or quota said no; `causes` tells which (e.g. `NamespaceTerminating`). */
export const isForbidden = withStatus(403);
/** 404: no such object, no such kind, or a proxy that knows no such path. */
export const isNotFound = withStatus(404);
/** 410: the resourceVersion or continue token is too old. */
export const isGone = withStatus(410);
/** 422: the object is against its schema or rules; `causes` name the fields. */
export const isInvalid = withStatus(422);

/**
 * 404 because the object does not exist. Of a kind that is not served (a CRD that was removed) and of a proxy's own 404
 * this is not true: taken for it, they would make everything look deleted.
 */
export const isObjectNotFound = (e: unknown): e is ApiError => isNotFound(e) && e.objectName !== undefined;

/** 409 because an object of this name exists already. */
export const isAlreadyExists = (e: unknown): e is ApiError =>
  e instanceof ApiError && e.status === 409 && e.reason === 'AlreadyExists';

/** 409 because the object changed (resourceVersion, uid) or another field manager owns a field. */
export const isConflict = (e: unknown): e is ApiError =>
  e instanceof ApiError && e.status === 409 && e.reason !== 'AlreadyExists';

const hasCause = (e: ApiError, reason: string): boolean => e.causes.some((cause) => cause.reason === reason);

/** 403 on a write into a namespace that is being deleted: it will never succeed. */
export const isNamespaceTerminating = (e: unknown): e is ApiError =>
  isForbidden(e) && hasCause(e, 'NamespaceTerminating');

/** The API server has not got as far as the resourceVersion asked for: e.g. etcd was restored from a backup. */
export const isResourceVersionTooLarge = (e: unknown): e is ApiError =>
  e instanceof ApiError && hasCause(e, 'ResourceVersionTooLarge');
