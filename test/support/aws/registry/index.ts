import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { closeNow, listenOnLoopback, readBody, sendReply } from '../http.ts';
import type { World } from '../world.ts';
import { makeServerCertificate } from './certificate.ts';
import { startConnectProxy } from './connect-proxy.ts';
import { createRegistryFaults, type RegistryFaults } from './faults.ts';
import { answerRegistry, type RegistryParts, type RegistryRequest } from './handler.ts';
import { certificateNames } from './hosts.ts';
import { createLayerLinks } from './layer-links.ts';
import { createStore, type RepositoryOptions } from './store.ts';

/** A request that the registry answered. */
interface LoggedRequest {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly host: string;
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly status: number;
  readonly principalArn: string | undefined;
}

/** All ECR registries of all accounts, behind one HTTPS port. The host name of a request chooses among them. */
export interface LocalRegistry {
  readonly port: number;
  /** For HTTPS_PROXY: leads every ECR host name here, and nothing else anywhere. */
  readonly proxyUrl: string;
  /** PEM file with the authority to trust. */
  readonly caFile: string;
  /** Repositories of ECR Public have the account `public` and the region `us-east-1`. */
  createRepository(account: string, region: string, name: string, options?: RepositoryOptions): void;
  /** How many uploads into a repository were started and neither finished nor cancelled. */
  openUploads(account: string, region: string, name: string): number;
  readonly faults: Pick<RegistryFaults, 'inject'>;
  /** Oldest first. */
  requests(): readonly LoggedRequest[];
  resetRequests(): void;
  stop(): Promise<void>;
}

/** The regions whose host names the certificate covers unless told otherwise. */
const defaultRegions: readonly string[] = [
  'us-east-1',
  'us-east-2',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-southeast-2',
  'us-gov-west-1',
  'cn-north-1',
  'eusc-de-east-1',
];

/** Starts the registry and its proxy on loopback ports. */
export async function startRegistry(world: World, regions = defaultRegions): Promise<LocalRegistry> {
  const store = createStore();
  const faults = createRegistryFaults();
  const parts: RegistryParts = { world, store, links: createLayerLinks(store, world.clock), faults };
  let log: LoggedRequest[] = [];
  const certificate = await makeServerCertificate(certificateNames(regions));
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const request = await readRequest(incoming);
    const { reply, principalArn } = answerRegistry(parts, request);
    const { host, method, url } = request;
    log.push({ at: world.clock.now(), host, method, path: url.pathname, status: reply.status, principalArn });
    sendReply(response, reply, world.clock.now());
  };
  // Authorization headers are kilobytes long here, beyond what Node takes by default.
  const limits = { maxHeaderSize: 65_536 };
  const server = createServer(
    { ...limits, key: certificate.key, cert: certificate.cert },
    (incoming, response) => {
      // A client that goes away while its request is read gets no answer.
      answer(incoming, response).catch(() => response.destroy());
    },
  );
  const port = await listenOnLoopback(server);
  const proxy = await startConnectProxy(port);
  return {
    port,
    proxyUrl: `http://127.0.0.1:${proxy.port}`,
    caFile: certificate.caFile,
    createRepository: (...args) => store.createRepository(...args),
    openUploads: (...args) => store.repository(...args).uploads.size,
    faults,
    requests: () => [...log],
    resetRequests() {
      log = [];
    },
    async stop() {
      await Promise.all([proxy.stop(), closeNow(server), certificate.remove()]);
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<RegistryRequest> {
  const body = await readBody(incoming);
  const { headers, method = 'GET', url = '/' } = incoming;
  const host = (headers.host ?? '').replace(/:\d+$/, '');
  return { host, method, url: new URL(url, 'https://registry.invalid'), headers, body };
}
