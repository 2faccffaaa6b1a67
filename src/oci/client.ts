import { systemClock, type Clock } from '../base/clock.ts';
import type { Auth } from '../docker-config/docker-config.ts';
import { targetOf } from './addresses.ts';
import { discard } from './answer.ts';
import { Authenticator } from './authenticator.ts';
import { headBlob } from './blob.ts';
import { within, type Limit } from './deadline.ts';
import type { OciCall } from './error-model.ts';
import { createAgents, type ProxyEnv } from './exchange.ts';
import { classifyOciError } from './failure.ts';
import { headManifest, type ManifestHead } from './manifest.ts';
import { checkNames } from './names.ts';
import { readTagPage, tagsUrl, type TagPage, type TagPageRequest } from './tags.ts';
import { sendOk, type TransportOptions } from './transport.ts';
import { cancelUpload, startUpload, type Cancelled } from './upload.ts';

export interface OciClientOptions {
  /** As in an image reference: a name, and a port if it is not 443. */
  readonly host: string;
  /** Undefined: only what everyone may do. */
  readonly login: Auth | undefined;
  /** PEM text of authorities to trust beside those of Node. */
  readonly ca?: Buffer | undefined;
  /** Address to connect to instead of the host, past any proxy. http only for the loopback address. */
  readonly endpoint?: URL | undefined;
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read from; absent: no proxy. */
  readonly proxyEnv?: ProxyEnv | undefined;
  /** For one method call with its redirects and retries. */
  readonly timeoutMs?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly clock?: Clock | undefined;
  /** Spreads retries: 0 to 1. */
  readonly random?: (() => number) | undefined;
}

/** An upload that was started. Whoever starts one cancels it, also when something else failed. */
export interface Upload {
  cancel(signal?: AbortSignal): Promise<Cancelled>;
}

/**
 * One registry, as one login sees it. Every method rejects with an OciFailure, or with the reason of `signal` when that
 * aborts.
 */
export interface OciClient {
  /** `GET /v2/`: whether this is a registry that takes the login. */
  ping(signal?: AbortSignal): Promise<void>;
  /** Whether a tag or digest can be pulled. */
  headManifest(repository: string, reference: string, signal?: AbortSignal): Promise<ManifestHead>;
  /** One page of the tags of a repository. */
  listTags(repository: string, page: TagPageRequest, signal?: AbortSignal): Promise<TagPage>;
  /** Whether a repository that exists has a layer; false also for one that does not exist. */
  hasBlob(repository: string, digest: string, signal?: AbortSignal): Promise<boolean>;
  /** Whether content can be pushed. An upload whose answer is lost, or aborted, is left to the registry to clear away. */
  startUpload(repository: string, signal?: AbortSignal): Promise<Upload>;
  /** Closes all connections. */
  close(): void;
}

const defaultTimeoutMs = 15_000;

/** Opens no connection yet. Throws an Error for a host that is none, and for plain http to another machine. */
export function createOciClient(options: OciClientOptions): OciClient {
  const transport = transportOf(options);
  const { origin } = transport.target;
  const run = runnerOf(options, transport);
  const at = (repository: string, path: string): URL => new URL(`/v2/${repository}/${path}`, origin);

  return {
    ping: (signal) =>
      run({ operation: 'ping' }, signal, async (limit) => {
        discard(await sendOk(transport, { method: 'GET', url: new URL('/v2/', origin) }, limit));
      }),
    headManifest: (repository, reference, signal) =>
      run({ operation: 'headManifest', repository, reference }, signal, (limit) =>
        headManifest(transport, at(repository, `manifests/${reference}`), limit),
      ),
    listTags: (repository, page, signal) =>
      run({ operation: 'listTags', repository }, signal, async (limit) => {
        const url = tagsUrl(at(repository, 'tags/list'), page);
        return readTagPage(await sendOk(transport, { method: 'GET', url }, limit));
      }),
    hasBlob: (repository, digest, signal) =>
      run({ operation: 'headBlob', repository, reference: digest }, signal, (limit) =>
        headBlob(transport, at(repository, `blobs/${digest}`), limit),
      ),
    startUpload: (repository, signal) =>
      run({ operation: 'startUpload', repository }, signal, async (limit) => {
        const next = await startUpload(transport, at(repository, 'blobs/uploads/'), limit);
        return {
          cancel: (end) =>
            run({ operation: 'cancelUpload', repository }, end, (left) =>
              cancelUpload(transport, next, left),
            ),
        };
      }),
    close: () => transport.agents.close(),
  };
}

function transportOf(o: OciClientOptions): TransportOptions {
  const target = targetOf(o.host, o.endpoint);
  return {
    target,
    agents: createAgents(o.ca, o.proxyEnv),
    authenticator: new Authenticator(o.login, target.origin.protocol === 'http:'),
    clock: o.clock ?? systemClock,
    random: o.random ?? Math.random,
    userAgent: o.userAgent ?? 'ecr-operator',
  };
}

type Run = <T>(
  call: Pick<OciCall, 'operation' | 'repository' | 'reference'>,
  signal: AbortSignal | undefined,
  work: (limit: Limit) => Promise<T>,
) => Promise<T>;

/** What every method does around its own work: names checked first, a deadline, and errors understood. */
function runnerOf({ login, timeoutMs = defaultTimeoutMs }: OciClientOptions, o: TransportOptions): Run {
  return async (call, signal, work) => {
    const whole = { ...call, host: o.target.origin.host, anonymous: login === undefined };
    try {
      checkNames(whole);
      return await within(o.clock, timeoutMs, signal, work);
    } catch (error) {
      signal?.throwIfAborted();
      throw classifyOciError(error, whole);
    }
  };
}
