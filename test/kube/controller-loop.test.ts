import { describe, expect, test } from 'vitest';
import { type Outcome, type Run, runWorkers, type Workers } from '../../src/kube/controller-loop.ts';
import { WorkQueue } from '../../src/kube/work-queue.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Setup {
  readonly clock: ManualClock;
  readonly queue: WorkQueue<string>;
  readonly workers: Workers;
  readonly kill: AbortController;
  readonly runs: Run[];
  /** Every line that was logged, with its level. */
  readonly lines: string[];
}

function setup(reconcile: (key: string, signal: AbortSignal) => Promise<Outcome>, count = 1): Setup {
  const clock = new ManualClock();
  const queue = new WorkQueue<string>({ clock, retryDelayMs: (failures) => failures * 1000 });
  const kill = new AbortController();
  const runs: Run[] = [];
  const lines: string[] = [];
  const line = (level: string) => (fields: object, message: string) =>
    void lines.push(`${level} ${message} ${JSON.stringify(fields)}`);
  const log = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
  const observe = (run: Run): void => void runs.push(run);
  const workers = runWorkers({ queue, workers: count, reconcile, log, clock, observe }, kill.signal);
  return { clock, queue, workers, kill, runs, lines };
}

/** A reconcile that ends when the test says so. */
function held(): { reconcile: () => Promise<Outcome>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  return { reconcile: () => promise, end: () => resolve({ kind: 'done' }) };
}

describe('an outcome', () => {
  test('done leaves the key alone until something changes', async () => {
    const { clock, queue, runs } = setup(() => Promise.resolve({ kind: 'done' }));
    queue.add('a');
    await clock.advance(3_600_000);
    expect(runs).toEqual([{ outcome: 'done', seconds: 0 }]);
    expect(clock.pending).toBe(0);
  });

  test('requeue runs the key again each time its time is over', async () => {
    const seen: string[] = [];
    const { clock, queue } = setup((key) => {
      seen.push(key);
      return Promise.resolve(key === 'a' ? { kind: 'requeue', afterMs: 1000 } : { kind: 'done' });
    });
    queue.add('a');
    await clock.advance(999);
    expect(seen).toEqual(['a']);
    await clock.advance(1001);
    expect(seen).toEqual(['a', 'a', 'a']);
  });

  test('stalled is told once and not retried', async () => {
    const { clock, queue, runs, lines } = setup(() =>
      Promise.resolve({ kind: 'stalled', reason: 'NoRole', message: 'service account ci/x has no role' }),
    );
    queue.add('a');
    await clock.advance(3_600_000);
    expect(runs.map((run) => run.outcome)).toEqual(['stalled']);
    expect(lines).toEqual([
      'info waits for a change by a user {"key":"a","reason":"NoRole","detail":"service account ci/x has no role"}',
    ]);
  });

  test.each<Outcome>([
    { kind: 'done' },
    { kind: 'requeue', afterMs: 60_000 },
    { kind: 'stalled', reason: 'R', message: 'm' },
  ])('$kind ends a series of failures', async (outcome) => {
    let fail = true;
    const { clock, queue } = setup(() => (fail ? Promise.reject(new Error('no')) : Promise.resolve(outcome)));
    queue.add('a');
    await clock.advance(1500);
    expect(queue.failures('a')).toBe(2);
    fail = false;
    await clock.advance(2000);
    expect(queue.failures('a')).toBe(0);
  });
});

describe('a reconcile that throws', () => {
  test('is retried with growing delay', async () => {
    const at: number[] = [];
    const s: Setup = setup(() => {
      at.push(s.clock.now());
      return Promise.reject(new Error('no'));
    });
    const start = s.clock.now();
    s.queue.add('a');
    await s.clock.advance(6500);
    expect(at.map((ms) => ms - start)).toEqual([0, 1000, 3000, 6000]);
    expect(s.runs.map((run) => run.outcome)).toEqual(['error', 'error', 'error', 'error']);
  });

  test('is logged as a warning with the messages of its causes and nothing else of the error', async () => {
    const cause = Object.assign(new Error('throttled'), { headers: { authorization: 'secret-token' } });
    const { clock, queue, lines } = setup(() => Promise.reject(new Error('sts', { cause })));
    queue.add('ci/prod');
    await clock.advance(0);
    expect(lines).toEqual([
      'warn reconcile failed, will retry {"key":"ci/prod","failures":1,"error":"sts: throttled"}',
    ]);
  });

  test('before it returns a promise counts the same', async () => {
    const { clock, queue, runs } = setup(() => {
      throw new Error('at once');
    });
    queue.add('a');
    await clock.advance(0);
    expect(runs.map((run) => run.outcome)).toEqual(['error']);
  });
});

describe('workers', () => {
  test('work on as many keys at a time as there are workers', async () => {
    let now = 0;
    let most = 0;
    const s: Setup = setup(async () => {
      most = Math.max(most, ++now);
      await new Promise<void>((resolve) => void s.clock.after(100, resolve));
      now--;
      return { kind: 'done' };
    }, 3);
    for (let i = 0; i < 10; i++) s.queue.add(`k${i}`);
    await s.clock.advance(1000);
    expect([most, s.runs.length]).toEqual([3, 10]);
    expect(s.runs[0]).toEqual({ outcome: 'done', seconds: 0.1 });
  });

  test('end when the queue is shut down, after the keys that they have', async () => {
    const work = held();
    const { clock, queue, workers } = setup(work.reconcile);
    let finished = false;
    void workers.finished.then(() => (finished = true));
    queue.add('a');
    await clock.advance(0);
    const drained = queue.shutDown();
    await clock.advance(10);
    expect(finished).toBe(false);
    work.end();
    await drained;
    await workers.finished;
  });

  test('pass the signal on, and what it aborts is neither retried nor a failure', async () => {
    const { clock, queue, workers, kill, runs, lines } = setup(
      (_, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason as Error));
        }),
    );
    queue.add('a');
    await clock.advance(0);
    kill.abort(new Error('lost leadership'));
    await workers.finished;
    expect(runs.map((run) => run.outcome)).toEqual(['aborted']);
    expect([lines, clock.pending]).toEqual([[], 0]);
  });
});

describe('progress', () => {
  test('is now while workers wait for keys', async () => {
    const { clock, workers } = setup(() => Promise.resolve({ kind: 'done' }), 2);
    await clock.advance(3_600_000);
    expect(workers.lastProgressMs()).toBe(clock.now());
  });

  test('stands still with the one reconcile that hangs, although other workers go on', async () => {
    const stuck = held();
    const { clock, queue, workers } = setup(
      (key) => (key === 'stuck' ? stuck.reconcile() : Promise.resolve({ kind: 'done' })),
      2,
    );
    const start = clock.now();
    queue.add('stuck');
    for (let minute = 0; minute < 10; minute++) {
      queue.add('other');
      await clock.advance(60_000);
    }
    expect(workers.lastProgressMs()).toBe(start);
    stuck.end();
    await clock.advance(0);
    expect(workers.lastProgressMs()).toBe(clock.now());
  });
});
