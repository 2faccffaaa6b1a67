import { expect, it } from 'vitest';
import { RepairPace } from '../../../src/controllers/service-account-links/repair-pace.ts';

const key = 'ci/default';

it('the first repair is made at once, further ones are made ever more rarely, once a minute in the end', () => {
  const pace = new RepairPace();
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 9; i += 1) {
    const wait = pace.waitMs(key, now);
    waits.push(wait);
    now += wait;
    pace.repaired(key, now);
  }
  expect(waits).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
});

it('repairs of one service account do not slow down another', () => {
  const pace = new RepairPace();
  pace.repaired(key, 0);
  expect(pace.waitMs('ci/build', 0)).toBe(0);
});

it('after ten quiet minutes, and for a new service account of the name, all is forgotten', () => {
  const pace = new RepairPace();
  for (let i = 0; i < 5; i += 1) pace.repaired(key, i);
  expect(pace.waitMs(key, 600_004)).toBe(0);
  pace.repaired(key, 600_004);
  expect(pace.waitMs(key, 600_004)).toBe(1_000);
  pace.forget(key);
  expect(pace.waitMs(key, 600_004)).toBe(0);
});
