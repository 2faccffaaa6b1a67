import { describe, expect, test } from 'vitest';
import { decideRetry, noTries, parseRetryAfter, type Failure } from '../../src/kube/transport-retry.ts';

const answer = (code: number, retryAfterMs?: number): Failure => ({
  kind: 'answer',
  status: code,
  retryAfterMs,
});
const decide = (failure: Failure, method = 'GET', tries = noTries) =>
  decideRetry(failure, method, tries, () => 0);

describe('an answer that asks for patience', () => {
  test('429 waits as long as asked, or a second', () => {
    expect(decide(answer(429, 3_000), 'POST')).toEqual({ kind: 'wait', ms: 3_000 });
    expect(decide(answer(429), 'POST')).toEqual({ kind: 'wait', ms: 1_000 });
  });

  test('503 waits only when asked to: without Retry-After nobody knows whether the request was carried out', () => {
    expect(decide(answer(503, 1_000), 'PUT')).toEqual({ kind: 'wait', ms: 1_000 });
    expect(decide(answer(503), 'GET')).toEqual({ kind: 'give up' });
  });

  test('clients that were turned away together come back spread out', () => {
    expect(decideRetry(answer(429, 1_000), 'GET', noTries, () => 1)).toEqual({ kind: 'wait', ms: 1_200 });
  });

  test('it gives up after five waits, and at once when asked for more than 30 s', () => {
    expect(decide(answer(429), 'GET', { ...noTries, wait: 4 }).kind).toBe('wait');
    expect(decide(answer(429), 'GET', { ...noTries, wait: 5 }).kind).toBe('give up');
    expect(decide(answer(429, 31_000)).kind).toBe('give up');
  });

  test.each([400, 403, 404, 409, 422, 500, 502, 504])('%i is never repeated', (code) => {
    expect(decide(answer(code, 1_000))).toEqual({ kind: 'give up' });
  });
});

test('401 renews the credentials once', () => {
  expect(decide(answer(401), 'POST')).toEqual({ kind: 'renew credentials' });
  expect(decide(answer(401), 'POST', { ...noTries, 'renew credentials': 1 })).toEqual({ kind: 'give up' });
});

const lost = (loss: 'idle' | 'reset' | 'other'): Failure => ({ kind: 'connection', loss });

describe('a lost connection', () => {
  test.each([
    ['GET', 'idle', 'reconnect'],
    ['GET', 'reset', 'reconnect'],
    ['GET', 'other', 'give up'],
    ['PUT', 'idle', 'reconnect'],
    ['PATCH', 'idle', 'reconnect'],
    ['DELETE', 'idle', 'reconnect'],
    ['PATCH', 'reset', 'give up'],
    ['POST', 'idle', 'give up'],
  ] as const)('%s after a connection lost by "%s": %s', (method, loss, kind) => {
    expect(decide(lost(loss), method)).toEqual({ kind });
  });

  test('a second loss is told', () => {
    expect(decide(lost('idle'), 'GET', { ...noTries, reconnect: 1 })).toEqual({ kind: 'give up' });
  });
});

test('Retry-After is read as seconds and as a date', () => {
  const now = Date.UTC(2026, 0, 1);
  expect(parseRetryAfter('7', now)).toBe(7_000);
  expect(parseRetryAfter('Thu, 01 Jan 2026 00:00:09 GMT', now)).toBe(9_000);
  expect(parseRetryAfter('Thu, 01 Jan 2020 00:00:09 GMT', now)).toBe(0);
  expect(parseRetryAfter('soon', now)).toBeUndefined();
  expect(parseRetryAfter(undefined, now)).toBeUndefined();
});
