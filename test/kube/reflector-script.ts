import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Log } from '../../src/base/log.ts';
import { secrets, type KubeObject } from '../../src/kube/object.ts';
import { createReflector, type Reflector } from '../../src/kube/reflector.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  clientTo,
  fastClock,
  json,
  scriptedServer,
  failure,
  type Arrived,
  type ScriptedServer,
} from './transport-server.ts';

export type Step = (response: ServerResponse, request: Arrived) => void;

/** A reflector on a server that answers the n-th request with the n-th step and then always with the last. */
export async function started(
  steps: readonly Step[],
  options: { onChange?: () => void; idleMs?: number } = {},
) {
  const server = await scriptedServer((request, response) => {
    const step = steps[Math.min(server.requests.length, steps.length) - 1];
    step?.(response, request);
  });
  // A thousand times as fast: waits of 0.8 to 30 s pass in 1 to 30 ms.
  const clock = fastClock(1000);
  const changes: string[] = [];
  const logged: string[] = [];
  const log: Log = {
    debug() {},
    info: (_, message) => void logged.push(`info ${message}`),
    warn: (fields, message) => void logged.push(`warn ${message} ${JSON.stringify(fields)}`),
    error: (fields, message) => void logged.push(`error ${message} ${JSON.stringify(fields)}`),
  };
  const client = clientTo(server.url, { clock });
  const reflector = createReflector<string>({
    client,
    type: secrets,
    labelSelector: 'app=ecr',
    metadataOnly: true,
    trim: (o) => o.metadata.resourceVersion,
    onChange(key, now, before) {
      changes.push(`${key} ${before ?? '-'}>${now ?? '-'}`);
      options.onChange?.();
    },
    clock,
    random: () => 0.5,
    log,
    // Off unless the test is about it: with the fast clock 90 s pass in 90 ms.
    idleMs: options.idleMs ?? 1e9,
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
    client[Symbol.dispose]();
    await server[Symbol.asyncDispose]();
  });
  return { server, reflector, changes, logged, stop, running };
}

export const object = (name: string, version: number): KubeObject => ({
  metadata: { namespace: 'ci', name, resourceVersion: String(version) },
});
export const event = (type: string, o: object): string => `${JSON.stringify({ type, object: o })}\n`;
export const added = (name: string, version: number): string => event('ADDED', object(name, version));
export const modified = (name: string, version: number): string => event('MODIFIED', object(name, version));
export const deleted = (name: string, version: number): string => event('DELETED', object(name, version));
export const bookmark = (version: number): string =>
  event('BOOKMARK', { metadata: { resourceVersion: String(version) } });
export const end = (version: number): string =>
  event('BOOKMARK', {
    metadata: { resourceVersion: String(version), annotations: { 'k8s.io/initial-events-end': 'true' } },
  });

/** Sends the text and leaves the stream open. */
export const stream =
  (...text: string[]): Step =>
  (response) =>
    void response.writeHead(200).write(text.join('') || ' ');
export const streamThenReset =
  (...text: string[]): Step =>
  (response, { socket }) =>
    void response.writeHead(200).write(text.join(''), () => setTimeout(() => socket.resetAndDestroy(), 5));
export const failWith =
  (code: number, reason: string): Step =>
  (response) =>
    json(response, code, failure(code, reason, `said ${reason}`));
export const listOf =
  (version: number, objects: KubeObject[], next?: string): Step =>
  (response) =>
    json(response, 200, { metadata: { resourceVersion: String(version), continue: next }, items: objects });

export const versions = (reflector: Reflector<string>) => Object.fromEntries(reflector.entries());
export const queries = (server: ScriptedServer) =>
  server.requests.map(({ query }) => Object.fromEntries(query));
export const requestsReach = (server: ScriptedServer, n: number) =>
  waitFor(`${n} requests`, () => server.requests.length >= n);
