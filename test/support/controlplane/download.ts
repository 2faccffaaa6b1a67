import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** The whole of a small text at `url`; an error when it is not there within `timeoutMs`. */
export async function downloadText(url: string, timeoutMs: number): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return await response.text();
}

/**
 * Writes what is at `url` to `file` and checks its SHA-512 (lower-case hex). `progress` gets the bytes so far.
 * Gives up when nothing arrives for `stallMs`, however long the whole takes.
 */
export async function downloadVerified(
  url: string,
  sha512: string,
  file: string,
  progress: (bytes: number) => void,
  stallMs = 10_000,
): Promise<void> {
  const stalled = new AbortController();
  const giveUp = (): void => stalled.abort(new Error(`${url}: nothing arrived for ${stallMs / 1000} s`));
  const timer = setTimeout(giveUp, stallMs);
  const hash = createHash('sha512');
  let bytes = 0;
  try {
    const response = await fetch(url, { signal: stalled.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const watched = async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const chunk of chunks) {
        timer.refresh();
        hash.update(chunk);
        progress((bytes += chunk.length));
        yield chunk;
      }
    };
    await pipeline(response.body, watched, createWriteStream(file), { signal: stalled.signal });
  } finally {
    clearTimeout(timer);
  }
  const got = hash.digest('hex');
  if (got !== sha512)
    throw new Error(`${url} has SHA-512 ${got.slice(0, 16)}..., expected ${sha512.slice(0, 16)}...`);
}

/** The innermost reason of a failed fetch, whose own message is only "fetch failed". */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return reasonOf(error.cause.errors[0]);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
