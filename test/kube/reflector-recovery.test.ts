import { expect, test } from 'vitest';
import { ApiError, ConnectionError } from '../../src/kube/errors.ts';
import { SilentStreamError } from '../../src/kube/list-watch-stream.ts';
import { recoveryFrom } from '../../src/kube/reflector-recovery.ts';

const fresh = { failures: 0, upMs: 0 };
const api = (code: number, causes: { reason: string }[] = [], retryAfterMs?: number): ApiError =>
  new ApiError('watch secrets', code, { details: { causes } }, retryAfterMs);
const after = (error: unknown, phase: Parameters<typeof recoveryFrom>[1], before = fresh, random = 0) =>
  recoveryFrom(error, phase, before, () => random);

test('only a lost place in the history makes a watch list anew', () => {
  expect(after(api(410), 'watch').relist).toBe(true);
  expect(after(api(504, [{ reason: 'ResourceVersionTooLarge' }]), 'watch').relist).toBe(true);
  for (const error of [api(500), api(403), api(504), new ConnectionError('reset'), new Error('any')])
    expect(after(error, 'watch').relist).toBe(false);
});

test('a server that refuses streaming lists is asked for pages at once', () => {
  for (const code of [400, 422])
    expect(after(api(code), 'streaming list')).toMatchObject({ usePages: true, waitMs: 0, failures: 0 });
  expect(after(api(400), 'watch')).toMatchObject({ usePages: false });
});

test('a server that ignores them shows by its silence', () => {
  expect(after(new SilentStreamError('silent'), 'streaming list')).toMatchObject({ usePages: true });
  expect(after(new SilentStreamError('silent'), 'watch')).toMatchObject({ usePages: false, relist: false });
});

const waits = (random: number) =>
  [0, 1, 2, 3, 9].map((failures) => after(api(500), 'watch', { failures, upMs: 0 }, random).waitMs);

test('the wait grows from 0.8 s to 30 s and is spread', () => {
  expect(waits(0)).toEqual([800, 800, 800, 800, 800]);
  expect(waits(1)).toEqual([1_600, 3_200, 6_400, 12_800, 30_000]);
});

test('after ten good seconds the wait starts from the beginning', () => {
  expect(after(api(500), 'watch', { failures: 7, upMs: 9_999 }).failures).toBe(8);
  expect(after(api(500), 'watch', { failures: 7, upMs: 10_000 }).failures).toBe(1);
});

test('the API server may ask for a longer wait, up to 30 s', () => {
  expect(after(api(503, [], 20_000), 'watch').waitMs).toBe(20_000);
  expect(after(api(503, [], 600_000), 'watch').waitMs).toBe(30_000);
});
