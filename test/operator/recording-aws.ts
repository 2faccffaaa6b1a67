import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { afterAll } from 'vitest';

/** Stands in front of the local AWS: notes every secret that goes by, and can quote them in errors. */
export interface RecordingAws {
  /** For the environment of the operator. */
  readonly endpoint: string;
  /** Every JWT, secret key, session token and authorization token that was sent in either direction. */
  readonly secrets: ReadonlySet<string>;
  /** The next calls are refused, with an error that quotes their secrets as AWS does now and then. */
  quoteSecrets(times: number): void;
  /** How many calls were refused so. */
  readonly quoted: number;
}

/** Which header, form field, XML element or JSON member holds a secret. */
const inRequests = [/WebIdentityToken=([^&]+)/g, /^x-amz-security-token: (.+)$/gm];
const inAnswers = [
  /<SecretAccessKey>([^<]+)</g,
  /<SessionToken>([^<]+)</g,
  /"authorizationToken":\s*"([^"]+)"/g,
];

/** Starts it on a loopback port until the test file ends. */
export async function startRecordingAws(target: string): Promise<RecordingAws> {
  const secrets = new Set<string>();
  const note = (text: string, patterns: readonly RegExp[]): string[] => {
    const found = patterns.flatMap((p) => [...text.matchAll(p)].map(([, s = '']) => decodeURIComponent(s)));
    for (const secret of found) secrets.add(secret);
    return found;
  };
  let toQuote = 0;
  let quoted = 0;
  const handle = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const head = Object.entries(incoming.headers).map(([name, value]) => `${name}: ${String(value)}`);
    const sent = note(`${head.join('\n')}\n${body.toString()}`, inRequests);
    if (toQuote > 0) {
      toQuote -= 1;
      quoted += 1;
      refuse(incoming, response, sent);
      return;
    }
    const answer = await forward(target, incoming, body);
    note(answer.body.toString(), inAnswers);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((incoming, response) => {
    handle(incoming, response).catch(() => response.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    quoteSecrets(times) {
      toQuote = times;
    },
    get quoted() {
      return quoted;
    },
  };
}

/** As SignatureDoesNotMatch carries the canonical request, and InvalidIdentityToken the token. */
function refuse(incoming: IncomingMessage, response: ServerResponse, secrets: readonly string[]): void {
  const authorization = incoming.headers.authorization ?? '';
  const message = `The canonical string was 'POST / ${secrets.join("' and '")}' with ${authorization}`;
  const isJson = incoming.headers['x-amz-target'] !== undefined;
  const xml = `<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>${message}</Message></Error></ErrorResponse>`;
  const json = JSON.stringify({ __type: 'InvalidSignatureException', message });
  response
    .writeHead(400, { 'content-type': isJson ? 'application/x-amz-json-1.1' : 'text/xml' })
    .end(isJson ? json : xml);
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** The host header stays as it is: it is signed. */
async function forward(target: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { method = 'GET', url = '/', headers } = incoming;
  const outgoing = request(new URL(url, target), { method, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, headers: response.headers, body: await buffer(response) };
}
