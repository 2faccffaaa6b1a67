import { describe, expect, it } from 'vitest';
import { annotations } from '../../../src/api/names.ts';
import type { Verification } from '../../../src/api/verification.ts';
import { isDue, requestOf, type Verifiable } from '../../../src/controllers/verification/due.ts';

const time = '2026-01-01T12:00:00Z';
const earlier = '2025-12-31T12:00:00Z';

/** An object of generation 3 that was verified as the status says, if it does. */
function object(
  requested: string | undefined,
  {
    last,
    onChange = false,
    deleted = false,
  }: { last?: Partial<Verification>; onChange?: boolean; deleted?: boolean } = {},
): Verifiable {
  const verification: Verification = {
    observedGeneration: 3,
    requestedAt: time,
    startedAt: time,
    finishedAt: time,
    stages: [],
    ...last,
  };
  return {
    metadata: {
      generation: 3,
      annotations: requested === undefined ? {} : { [annotations.testRequestedAt]: requested },
      ...(deleted ? { deletionTimestamp: time } : {}),
    },
    spec: { verify: { onChange } },
    ...(last === undefined ? {} : { status: { verification } }),
  };
}

describe('an object is verified', () => {
  it.each([
    ['when it is asked for the first time', object(time)],
    ['when another time is asked for', object('2026-01-01T12:00:01Z', { last: {} })],
    ['when that is an earlier one', object(earlier, { last: {} })],
    ['when the same moment is written differently', object('2026-01-01T12:00:00.0Z', { last: {} })],
    ['when the last one did not end', object(time, { last: { finishedAt: undefined } })],
    ['when it never was, with onChange', object(undefined, { onChange: true })],
    [
      'when its spec is newer, with onChange',
      object(time, { onChange: true, last: { observedGeneration: 2 } }),
    ],
  ])('%s', (_when, given) => {
    expect(isDue(given)).toBe(true);
  });

  it.each([
    ['when nobody asked', object(undefined)],
    ['when the request was answered', object(time, { last: {} })],
    ['when the request is gone', object(undefined, { last: {} })],
    ['when its spec is newer, without onChange', object(time, { last: { observedGeneration: 2 } })],
    ['when its spec is the same, with onChange', object(time, { onChange: true, last: {} })],
    ['when it is being deleted', object(time, { deleted: true })],
  ])('not %s', (_when, given) => {
    expect(isDue(given)).toBe(false);
  });
});

describe('a request', () => {
  it.each([
    time,
    '2024-02-29T23:59:59Z',
    '2026-01-01T12:00:00.123456789Z',
    '2026-01-01T12:00:00+02:00',
    '2026-01-01t12:00:00z',
  ])('may be %s', (text) => {
    expect(requestOf(object(text))).toBe(text);
  });

  it.each([
    '',
    'now',
    '2026',
    '2026-01-01',
    '2026-13-01T12:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '2026-04-31T00:00:00+02:00',
    '2026-01-01T24:00:00Z',
    '2026-01-01T23:59:60Z',
    '1767268800',
  ])('is not %j, which the API server does not take for a time', (text) => {
    expect(requestOf(object(text))).toBeUndefined();
  });
});
