import type { IncomingHttpHeaders } from 'node:http';

import type { HttpReply } from '../http.ts';
import type { World } from '../world.ts';
import { RegistryError } from './errors.ts';
import { emptyReply, jsonReply, type Exchange } from './exchange.ts';
import type { RegistryFaults } from './faults.ts';
import { parseRegistryHost } from './hosts.ts';
import type { LayerLinks } from './layer-links.ts';
import { answerLayer } from './layers.ts';
import { answerManifest, listTags } from './manifests.ts';
import { parseRoute, type Route } from './routes.ts';
import type { Store } from './store.ts';
import { continueUpload, startUpload } from './uploads.ts';
import { identifyVisitor, requireAction, tradeForBearer, type ApiHost, type Visitor } from './visitor.ts';

/** A request as it arrived; `host` is the name that the client asked for. */
export interface RegistryRequest {
  readonly host: string;
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RegistryAnswer {
  readonly reply: HttpReply;
  /** Undefined for anonymous visitors and for tokens that were refused. */
  readonly principalArn: string | undefined;
}

export interface RegistryParts {
  readonly world: World;
  readonly store: Store;
  readonly links: LayerLinks;
  readonly faults: RegistryFaults;
}

/** ECR Public is one registry; its repositories are kept under this account. */
const publicRegistry = { account: 'public', region: 'us-east-1' };

/** Answers a request to any of the hosts. */
export function answerRegistry(parts: RegistryParts, request: RegistryRequest): RegistryAnswer {
  let principalArn: string | undefined;
  try {
    const host = parseRegistryHost(request.host);
    if (host === undefined) throw new RegistryError(404, 'NAME_UNKNOWN', `${request.host} is no host of ECR`);
    const { method, url } = request;
    const fault = parts.faults.take({ host: request.host, method, path: url.pathname });
    if (fault !== undefined)
      throw new RegistryError(fault.status, fault.code, fault.message ?? '', fault.headers);
    if (host.kind === 'layers')
      return { reply: parts.links.answer(request.url, request.headers), principalArn };
    const route = parseRoute(request.url.pathname);
    if (route === undefined) throw new RegistryError(404, 'UNSUPPORTED', `no path ${request.url.pathname}`);
    if (route.kind === 'token' && host.kind === 'public') {
      const token = tradeForBearer(parts.world, request.headers.authorization, request.host);
      return { reply: jsonReply(200, { token }), principalArn };
    }
    const visitor = identifyVisitor(parts.world, host, request.headers.authorization, request.host);
    principalArn = visitor.kind === 'principal' ? visitor.principal.arn : undefined;
    return { reply: withApiVersion(answerRoute(parts, request, host, visitor, route)), principalArn };
  } catch (error) {
    const known = error instanceof RegistryError ? error : new RegistryError(500, 'UNKNOWN', String(error));
    const body = { errors: [{ code: known.code, message: known.message }] };
    return { reply: withApiVersion(jsonReply(known.status, body, known.headers)), principalArn };
  }
}

function answerRoute(
  parts: RegistryParts,
  request: RegistryRequest,
  host: ApiHost,
  visitor: Visitor,
  route: Route,
): HttpReply {
  if (route.kind === 'ping') return emptyReply(200);
  if (route.kind === 'token')
    throw new RegistryError(404, 'UNSUPPORTED', 'only ECR Public has a token service');
  const exchange = openExchange(parts, request, host, visitor, route.name);
  switch (route.kind) {
    case 'manifest':
      return answerManifest(exchange, route.reference);
    case 'blob':
      return answerLayer(exchange, route.digest);
    case 'new-upload':
      return startUpload(exchange);
    case 'upload':
      return continueUpload(exchange, route.id);
    case 'tags':
      return listTags(exchange);
    default:
      return route satisfies never;
  }
}

function openExchange(
  { world, store, links }: RegistryParts,
  request: RegistryRequest,
  host: ApiHost,
  visitor: Visitor,
  name: string,
): Exchange {
  const { account, region } = host.kind === 'public' ? publicRegistry : host;
  const { method, headers, body, url } = request;
  const service = host.kind === 'public' ? 'ecr-public' : 'ecr';
  const repository = store.repository(account, region, name);
  const resource = `arn:aws:${service}:${region}:${account}:repository/${name}`;
  const reads = method === 'GET' || method === 'HEAD';
  return {
    method,
    headers,
    body,
    query: url.searchParams,
    repository,
    store,
    links,
    require(action) {
      // Everyone may pull from ECR Public.
      if (host.kind === 'public' && reads) return;
      requireAction(world, visitor, `${service}:${action}`, resource, repository);
    },
  };
}

function withApiVersion(reply: HttpReply): HttpReply {
  return { ...reply, headers: { 'Docker-Distribution-Api-Version': 'registry/2.0', ...reply.headers } };
}
