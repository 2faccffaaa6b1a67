import { Agent, request } from 'node:https';
import { readKubeconfig } from '../test/support/controlplane/kubeconfig.ts';

/** Sends one request and reads the answer to its end; rejects unless it is a success. */
export type Send = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: object) => Promise<void>;

const json = 'application/json';
const metadata = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const headersOf = {
  GET: { accept: json },
  POST: { accept: metadata, 'content-type': json },
  PATCH: { accept: metadata, 'content-type': 'application/merge-patch+json' },
};

/**
 * As little as a client can do, over so many kept connections: what the API server takes from it is the ceiling for
 * everybody who writes the same. Like the operator it wants metadata back from a write, not the whole object.
 */
export function minimalClient(kubeconfig: string, connections: number): { send: Send; close(): void } {
  const { url, ...access } = readKubeconfig(kubeconfig);
  const agent = new Agent({ ...access, keepAlive: true, maxSockets: connections });
  const send: Send = (method, path, body) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = { ...headersOf[method], 'content-length': Buffer.byteLength(text) };
      const sent = request(new URL(path, url), { agent, method, headers }, (response) => {
        const { statusCode = 0 } = response;
        response.resume().on('end', () => {
          if (statusCode < 300) resolve();
          else reject(new Error(`${method} ${path} answered ${statusCode}`));
        });
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(text);
    });
  return { send, close: () => agent.destroy() };
}
