import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

import type { Clock } from '../../../src/base/clock.ts';
import { answerAdmin, type AdminDependencies } from './admin.ts';
import { classifyRequest, type ApiRequest } from './api-request.ts';
import { closeNow, listenOnLoopback, readBody, sendReply, type Outcome } from './http.ts';

export interface ApiServer {
  readonly port: number;
  /** Closes the server and every connection, answered or not. */
  stop(): Promise<void>;
}

/** Starts the HTTP server of the three services and of the admin API. */
export async function startApiServer(
  api: (request: ApiRequest) => Promise<Outcome>,
  admin: AdminDependencies,
  clock: Clock,
): Promise<ApiServer> {
  const server = createServer((request, response) => {
    decide(request, api, admin).then(
      (outcome) => act(outcome, response, clock),
      // The client went away while its request was read.
      () => response.destroy(),
    );
  });
  const port = await listenOnLoopback(server);
  return { port, stop: () => closeNow(server) };
}

async function decide(
  request: IncomingMessage,
  api: (request: ApiRequest) => Promise<Outcome>,
  admin: AdminDependencies,
): Promise<Outcome> {
  const body = await readBody(request);
  const { method = 'GET', url = '/' } = request;
  const [path = '/', query = ''] = url.split('?');
  if (path.startsWith('/_admin/')) return { kind: 'reply', reply: answerAdmin(admin, method, path, body) };
  const classified = classifyRequest({ method, path, query, headers: request.headers, body });
  if (classified !== undefined) return api(classified);
  return { kind: 'reply', reply: { status: 404, headers: {}, body: 'neither STS, ECR nor ECR Public\n' } };
}

function act(outcome: Outcome, response: ServerResponse, clock: Clock): void {
  if (outcome.kind === 'reply') sendReply(response, outcome.reply, clock.now());
  // A hanging call keeps its connection open until the client or stop() closes it.
  else if (outcome.kind === 'reset') response.socket?.resetAndDestroy();
}
