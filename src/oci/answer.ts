import type { IncomingMessage } from 'node:http';
import { asJsonObject, parseJsonObject } from '../base/json-object.ts';
import { OciProblem, type OciErrorFacts } from './error-model.ts';
import { parseRetryAfter } from './retry.ts';

const longestErrorBytes = 64 * 1024;
const longestSaid = 1024;
const longestWord = 128;

/** Reads an answer to its end, which must come within `maxBytes`. */
async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the stream, so that nothing more is received.
    if (length > maxBytes) throw tooLarge(response, maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON object in an answer of at most `maxBytes`. */
export async function readJson(
  response: IncomingMessage,
  maxBytes: number,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(response, maxBytes);
  const value = parseJsonObject(body.toString('utf8'));
  if (value === undefined) {
    const said = `the answer (${body.length} bytes) is no JSON object`;
    throw new OciProblem({ code: 'ANSWER_UNREADABLE', status: response.statusCode ?? 0, said });
  }
  return value;
}

/** Lets go of an answer whose body nobody wants, and keeps its connection where that is cheap. */
export function discard(response: IncomingMessage): void {
  response.on('error', () => {});
  const isEmpty = response.statusCode === 204;
  const length = isEmpty ? 0 : Number(response.headers['content-length'] ?? Number.POSITIVE_INFINITY);
  if (response.complete || length <= longestErrorBytes) response.resume();
  else response.destroy();
}

/**
 * The error that an answer outside 2xx stands for. `redact` takes logins out of everything that the other side said: some
 * proxies echo the headers of the request.
 */
export async function problemOf(
  response: IncomingMessage,
  redact: (text: string) => string,
  nowMs: number,
): Promise<OciProblem> {
  const status = response.statusCode ?? 0;
  const { code, said } = errorIn(await readStart(response), status);
  const requestId = requestIdOf(response);
  const word = (text: string): string => redact(text).slice(0, longestWord);
  const facts: OciErrorFacts = {
    code: word(code),
    status,
    said: redact(said).slice(0, longestSaid),
    requestId: requestId === undefined ? undefined : word(requestId),
    retryAfterMs: parseRetryAfter(response.headers['retry-after'], nowMs),
  };
  return new OciProblem(facts);
}

/** The beginning of a body: an error page that is longer, or that breaks off, still says enough. */
async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= longestErrorBytes) break;
    }
  } catch {
    // What came is told.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, longestErrorBytes);
}

/** `{"errors":[{"code","message","detail"}]}`; proxies and unknown paths answer in prose. */
function errorIn(body: string, status: number): { code: string; said: string } {
  const errors = parseJsonObject(body)?.['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const { code, message } = asJsonObject(first) ?? {};
  return {
    code: typeof code === 'string' && code !== '' ? code : `HTTP_${status}`,
    said: typeof message === 'string' && message !== '' ? message : first === undefined ? prose(body) : '',
  };
}

/** The words of an HTML page, or the text itself. */
function prose(body: string): string {
  return body.replaceAll(/<[^<>]*>/g, ' ').trim();
}

function requestIdOf({ headers }: IncomingMessage): string | undefined {
  const names = ['x-amzn-requestid', 'x-amz-request-id', 'x-request-id'];
  return names.map((name) => headers[name]).find((value) => typeof value === 'string' && value !== '') as
    string | undefined;
}

function tooLarge(response: IncomingMessage, maxBytes: number): OciProblem {
  const said = `the answer is longer than ${maxBytes} bytes`;
  return new OciProblem({ code: 'ANSWER_TOO_LARGE', status: response.statusCode ?? 0, said });
}
