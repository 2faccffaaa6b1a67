import { parseJsonObject } from '../base/json-object.ts';
import { memoize } from '../base/memoize.ts';

/** What an annotation of the Secret says about one token in it. Times are epoch milliseconds, the expiry in whole seconds. */
export interface TokenRecord {
  hash: string;
  issuedAtMs: number;
  expiresAtMs: number;
  /** Registry hosts that the token logs in to. */
  hosts: readonly string[];
}

/** Token id -> record. */
export type TokenRecords = Readonly<Record<string, TokenRecord>>;

/** Text of the annotation: readable JSON, times as RFC 3339, to the millisecond where a requested refresh is compared with it. */
export function formatTokenRecords(records: TokenRecords): string {
  const entries = Object.entries(records)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, r]) => [
      id,
      {
        for: r.hash,
        issued: new Date(r.issuedAtMs).toISOString(),
        expires: formatTime(r.expiresAtMs),
        hosts: r.hosts,
      },
    ]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Thousands of Secrets hold the same token: what is read of them is one object. */
const parse = memoize(64, parseText);

/** Reads the annotation; whatever is not a whole record is left out, which makes its token be fetched again. */
export function parseTokenRecords(text: string | undefined): TokenRecords {
  return parse(text ?? '');
}

function parseText(text: string): TokenRecords {
  const records: Record<string, TokenRecord> = {};
  for (const [id, value] of Object.entries(parseJsonObject(text) ?? {})) {
    const { for: hash, issued, expires, hosts } = (value ?? {}) as Record<string, unknown>;
    const issuedAtMs = parseTime(issued);
    const expiresAtMs = parseTime(expires);
    if (typeof hash !== 'string' || Number.isNaN(issuedAtMs) || Number.isNaN(expiresAtMs)) continue;
    if (!isTexts(hosts)) continue;
    records[id] = { hash, issuedAtMs, expiresAtMs, hosts };
  }
  return records;
}

/** RFC 3339 in whole seconds, as Kubernetes writes times; cuts, so that a token never looks fresher than it is. */
export function formatTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** When the first of the tokens expires; undefined without tokens. */
export function firstExpiry(records: TokenRecords): number | undefined {
  const times = Object.values(records).map((r) => r.expiresAtMs);
  return times.length === 0 ? undefined : Math.min(...times);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function parseTime(value: unknown): number {
  return typeof value === 'string' ? Date.parse(value) : Number.NaN;
}
