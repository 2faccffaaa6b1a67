import { describe, expect, it } from 'vitest';
import { parseRetryAfter, retryDelay, type Ending } from '../../src/oci/retry.ts';

const answer = (status: number, retryAfterMs?: number): Ending => ({ kind: 'answer', status, retryAfterMs });
const lost = (code: string): Ending => ({ kind: 'lost', code });
const first = { tried: 1, leftMs: 60_000, random: () => 0 };

describe('a request is sent again', () => {
  it.each<[string, Ending]>([
    ['GET', answer(503)],
    ['HEAD', answer(500)],
    ['DELETE', answer(502)],
    ['GET', answer(429)],
    ['GET', lost('ECONNRESET')],
    ['POST', answer(429)],
  ])('%s after %o', (method, ending) => expect(retryDelay(method, ending, first)).toBe(200));

  it('later each time, spread, and at most four times in all', () => {
    const at = (tried: number, random: number): number | undefined =>
      retryDelay('GET', answer(503), { ...first, tried, random: () => random });
    expect([1, 2, 3, 4].map((tried) => at(tried, 0))).toEqual([200, 200, 200, undefined]);
    expect([1, 2, 3, 4].map((tried) => at(tried, 1))).toEqual([400, 800, 1600, undefined]);
  });

  it('not before the time that the registry asks for', () => {
    expect(retryDelay('GET', answer(429, 5_000), first)).toBe(5_000);
  });
});

describe('a request is not sent again', () => {
  it.each<[string, Ending]>([
    ['POST', answer(503)],
    ['POST', lost('ECONNRESET')],
    ['PUT', answer(500)],
    ['GET', answer(401)],
    ['GET', answer(403)],
    ['GET', answer(404)],
    ['GET', answer(501)],
    ['GET', lost('ECONNREFUSED')],
    ['GET', lost('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['GET', { kind: 'lost', code: undefined }],
  ])('%s after %o', (method, ending) => expect(retryDelay(method, ending, first)).toBeUndefined());

  it('when the wait would outlast the deadline', () => {
    expect(retryDelay('GET', answer(503), { ...first, leftMs: 200 })).toBeUndefined();
    expect(retryDelay('GET', answer(429, 61_000), first)).toBeUndefined();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('Wed, 01 Jul 2026 00:00:00 GMT');

  it('is seconds or a date', () => {
    expect(parseRetryAfter('120', now)).toBe(120_000);
    expect(parseRetryAfter('Wed, 01 Jul 2026 00:00:30 GMT', now)).toBe(30_000);
    expect(parseRetryAfter('Wed, 01 Jul 2020 00:00:30 GMT', now)).toBe(0);
  });

  it('is nothing when it is neither', () => {
    for (const header of [undefined, '', 'soon']) expect(parseRetryAfter(header, now)).toBeUndefined();
  });
});
