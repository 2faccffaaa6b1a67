import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isStale, withLock } from '../support/controlplane/lock.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lock-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const noWaiting = (pid: number | undefined): void => {
  throw new Error(`waited for ${pid}`);
};

test('a lock is stale when its owner is gone, however young it is', () => {
  expect(isStale({ pid: 7, alive: false, ageMs: 0 })).toBe(true);
  expect(isStale({ pid: 7, alive: true, ageMs: 3_600_000 })).toBe(false);
});

test('a lock without an owner is stale only when its owner has had the time to write its id', () => {
  expect(isStale({ pid: undefined, alive: false, ageMs: 100 })).toBe(false);
  expect(isStale({ pid: undefined, alive: false, ageMs: 60_000 })).toBe(true);
});

test('a second run waits for the first and then runs', async () => {
  const lock = join(dir, 'lock');
  const order: string[] = [];
  const release = Promise.withResolvers<void>();
  const waited = Promise.withResolvers<number | undefined>();
  const first = withLock(lock, () => release.promise.then(() => order.push('first')), noWaiting);
  const second = withLock(lock, () => Promise.resolve(order.push('second')), waited.resolve, 5);
  expect(await waited.promise).toBe(process.pid);
  release.resolve();
  await Promise.all([first, second]);
  expect(order).toEqual(['first', 'second']);
  expect(existsSync(lock)).toBe(false);
});

test('the lock of a process that has died is taken over', async () => {
  const lock = join(dir, 'lock');
  mkdirSync(lock);
  writeFileSync(join(lock, 'pid'), String(spawnSync('true').pid));
  expect(await withLock(lock, () => Promise.resolve('ran'), noWaiting)).toBe('ran');
});

test('a failure inside the lock releases it', async () => {
  const lock = join(dir, 'lock');
  await expect(withLock(lock, () => Promise.reject(new Error('no disk')), noWaiting)).rejects.toThrow(
    'no disk',
  );
  expect(existsSync(lock)).toBe(false);
});
