import { request } from 'node:https';
import { readKubeconfig } from './kubeconfig.ts';

/** What the API server answered; `body` is parsed JSON, or text where it is none. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiRequestOptions {
  readonly method?: string;
  readonly body?: object;
  readonly timeoutMs?: number;
}

/** One request as the user of a kubeconfig file written by this folder. Resolves for error statuses too. */
export function apiRequest(
  kubeconfigFile: string,
  path: string,
  { method = 'GET', body, timeoutMs = 10_000 }: ApiRequestOptions = {},
): Promise<ApiAnswer> {
  const { url, ...access } = readKubeconfig(kubeconfigFile);
  const authorization = 'token' in access ? { authorization: `Bearer ${access.token}` } : {};
  return new Promise((resolve, reject) => {
    const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { ...authorization, 'content-type': type };
    const options = { ...access, method, headers, agent: false as const };
    const signal = AbortSignal.timeout(timeoutMs);
    const sent = request(new URL(path, url), { ...options, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parseBody(text) }));
      response.on('error', reject);
    });
    sent.on('error', (cause) => reject(new Error(`${method} ${path}: ${cause.message}`, { cause })));
    sent.end(body && JSON.stringify(body));
  });
}

function parseBody(text: string): unknown {
  try {
    const body: unknown = JSON.parse(text);
    return body;
  } catch {
    return text;
  }
}
