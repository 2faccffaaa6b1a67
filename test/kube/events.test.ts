import { describe, expect, test } from 'vitest';
import { ApiError } from '../../src/kube/errors.ts';
import { cutToBytes, type EventNote, type EventObject } from '../../src/kube/event-object.ts';
import { type EventClient, EventRecorder } from '../../src/kube/events.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { ManualClock } from '../support/manual-clock.ts';

const minute = 60_000;

/** A recorder whose writes are kept instead of sent. */
function setup(): {
  clock: ManualClock;
  recorder: EventRecorder;
  created: EventObject[];
  patched: { name: string; series: unknown }[];
  debugLines: string[];
  fail(error: Error | undefined): void;
} {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const created: EventObject[] = [];
  const patched: { name: string; series: unknown }[] = [];
  const debugLines: string[] = [];
  let error: Error | undefined;
  const client = {
    create: (_type: unknown, event: EventObject) => {
      if (error !== undefined) return Promise.reject(error);
      created.push(event);
      return Promise.resolve(event);
    },
    mergePatch: (_type: unknown, key: { name: string }, patch: { series: unknown }) => {
      if (!created.some((event) => event.metadata.name === key.name)) {
        return Promise.reject(new ApiError('patch events', 404, { reason: 'NotFound' }));
      }
      patched.push({ name: key.name, series: patch.series });
      return Promise.resolve({});
    },
  };
  const refuse = (): void => {
    throw new Error('events are no reason for more than a debug line');
  };
  const log = {
    debug: (fields: object, message: string) => void debugLines.push(`${message} ${JSON.stringify(fields)}`),
    info: refuse,
    warn: refuse,
    error: refuse,
  };
  const recorder = new EventRecorder({
    client: client as unknown as EventClient,
    clock,
    random: () => 0.5,
    log,
    reporter: { controller: 'ecr-operator.dev/registry', instance: 'pod-1' },
  });
  return { clock, recorder, created, patched, debugLines, fail: (e) => (error = e) };
}

function note(over: Partial<EventNote> = {}): EventNote {
  const object: KubeObject = {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrRegistry',
    metadata: { namespace: 'ci', name: 'prod', uid: 'uid-1', resourceVersion: '7' },
  };
  return {
    object,
    type: 'Warning',
    reason: 'AccessDenied',
    message: 'role denied',
    action: 'Refresh',
    ...over,
  };
}

describe('an event', () => {
  test('carries the object, the reporter and a name that is unique', async () => {
    const { recorder, created } = setup();
    recorder.record(note());
    await recorder.flush();
    expect(created).toEqual([
      {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: {
          namespace: 'ci',
          name: `prod.${(BigInt(Date.UTC(2026, 0, 1)) * 1_000_000n + 500_000n).toString(16)}`,
        },
        eventTime: '2026-01-01T00:00:00.000000Z',
        reportingController: 'ecr-operator.dev/registry',
        reportingInstance: 'pod-1',
        action: 'Refresh',
        reason: 'AccessDenied',
        type: 'Warning',
        note: 'role denied',
        regarding: {
          apiVersion: 'ecr-operator.dev/v1alpha1',
          kind: 'EcrRegistry',
          namespace: 'ci',
          name: 'prod',
          uid: 'uid-1',
          resourceVersion: '7',
        },
      },
    ]);
  });

  test('of a cluster-scoped object lives in the default namespace', async () => {
    const { recorder, created } = setup();
    recorder.record(note({ object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ci' } } }));
    await recorder.flush();
    expect(created[0]?.metadata.namespace).toBe('default');
    expect(created[0]?.regarding).not.toHaveProperty('namespace');
  });

  test('of an object with a very long name still has a legal name', async () => {
    const { recorder, created } = setup();
    const name = `${'a'.repeat(235)}.${'b'.repeat(17)}`;
    recorder.record(note({ object: { apiVersion: 'v1', kind: 'Secret', metadata: { name } } }));
    await recorder.flush();
    expect(created[0]?.metadata.name.length).toBeLessThanOrEqual(253);
    expect(created[0]?.metadata.name).toMatch(/^a{235}\.[0-9a-f]+$/);
    expect(created[0]?.regarding.name).toBe(name);
  });

  test('with a message of more than 1024 bytes is cut between two characters', () => {
    expect(cutToBytes('a'.repeat(1024), 1024)).toBe('a'.repeat(1024));
    expect(cutToBytes('a'.repeat(1025), 1024)).toBe('a'.repeat(1024));
    expect(cutToBytes(`${'a'.repeat(1023)}é`, 1024)).toBe('a'.repeat(1023));
    expect(cutToBytes(`${'a'.repeat(1021)}😀b`, 1024)).toBe('a'.repeat(1021));
  });
});

describe('a repetition', () => {
  test('is counted in the event that is there', async () => {
    const { clock, recorder, created, patched } = setup();
    recorder.record(note());
    await clock.advance(5000);
    recorder.record(note());
    await recorder.flush();
    expect(created).toHaveLength(1);
    expect(patched).toEqual([
      {
        name: created[0]?.metadata.name,
        series: { count: 2, lastObservedTime: '2026-01-01T00:00:05.000000Z' },
      },
    ]);
  });

  test('is written at most once in five minutes, with all that came in between', async () => {
    const { clock, recorder, created, patched } = setup();
    for (let second = 0; second <= 6 * 60; second += 10) {
      recorder.record(note());
      await clock.advance(10_000);
    }
    expect(created).toHaveLength(1);
    expect(patched.map((p) => p.series)).toMatchObject([{ count: 2 }, { count: 32 }]);
    await recorder.flush();
    expect(patched.at(-1)?.series).toEqual({ count: 37, lastObservedTime: '2026-01-01T00:06:00.000000Z' });
  });

  test('after more than ten minutes of quiet is a new event', async () => {
    const { clock, recorder, created } = setup();
    recorder.record(note());
    await clock.advance(10 * minute);
    recorder.record(note());
    await recorder.flush();
    expect(created).toHaveLength(2);
  });

  test.each([
    { type: 'Normal' as const },
    { reason: 'Other' },
    { message: 'other' },
    { object: { apiVersion: 'v1', kind: 'EcrRegistry', metadata: { name: 'prod', uid: 'uid-2' } } },
  ])('that differs in %o is an event of its own', async (over) => {
    const { recorder, created } = setup();
    recorder.record(note());
    recorder.record(note(over));
    await recorder.flush();
    expect(created).toHaveLength(2);
  });

  test('of an event that the API server has deleted creates it anew with its count', async () => {
    const { clock, recorder, created } = setup();
    recorder.record(note());
    await clock.advance(0);
    created.length = 0;
    recorder.record(note());
    await recorder.flush();
    expect(created).toMatchObject([{ series: { count: 2 } }]);
  });
});

describe('a write that fails', () => {
  test('is a debug line, and the next repetition tries again', async () => {
    const { recorder, created, debugLines, fail } = setup();
    fail(new ApiError('create events', 403, { reason: 'Forbidden', message: 'no' }));
    recorder.record(note());
    await recorder.flush();
    expect(debugLines).toHaveLength(1);
    expect(debugLines[0]).toMatch(/^could not write an event .*403 Forbidden/);
    fail(undefined);
    recorder.record(note());
    await recorder.flush();
    expect(created).toHaveLength(1);
  });
});

describe('memory', () => {
  test('is bounded: of thousands of events the longest unrepeated are forgotten', async () => {
    const { clock, recorder, created, patched } = setup();
    for (let i = 0; i < 1500; i++) {
      recorder.record(note({ message: `m${i}` }));
      if (i % 100 === 0) await clock.advance(0);
    }
    await clock.advance(0);
    recorder.record(note({ message: 'm1499' }));
    recorder.record(note({ message: 'm0' }));
    await recorder.flush();
    expect(patched).toHaveLength(1);
    expect(created).toHaveLength(1501);
  });

  test('is bounded while the API server does not answer: what does not fit is dropped', async () => {
    const { recorder, created, debugLines } = setup();
    for (let i = 0; i < 1200; i++) recorder.record(note({ message: `m${i}` }));
    await recorder.flush();
    expect([created.length, debugLines.length]).toEqual([1000, 200]);
  });
});
