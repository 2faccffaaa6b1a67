import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Priority } from '../../src/kube/ready-keys.ts';
import { WorkQueue } from '../../src/kube/work-queue.ts';
import { ManualClock } from '../support/manual-clock.ts';

type Command =
  | { readonly kind: 'add'; readonly key: string; readonly priority: Priority }
  | { readonly kind: 'addAfter'; readonly key: string; readonly ms: number; readonly priority: Priority }
  | { readonly kind: 'get' }
  | { readonly kind: 'done'; readonly which: number }
  | { readonly kind: 'advance'; readonly ms: number };

const retryMs = 50;

/** The queue as plain lists: slow, and simple enough to be right at sight. */
class Model {
  now: number;
  ready: { key: string; priority: Priority }[] = [];
  timers = new Map<string, { due: number; priority: Priority }>();
  running = new Set<string>();
  again = new Map<string, Priority>();
  waiting = 0;
  handedOut: string[] = [];
  #highInARow = 0;

  constructor(now: number) {
    this.now = now;
  }

  add(key: string, priority: Priority): void {
    if (this.running.has(key)) {
      if (this.again.get(key) !== 'high') this.again.set(key, priority);
      return;
    }
    const there = this.ready.find((item) => item.key === key);
    if (there === undefined) this.ready.push({ key, priority });
    if (there?.priority === 'low' && priority === 'high') {
      this.ready = [...this.ready.filter((item) => item !== there), { key, priority }];
    }
    this.serve();
  }

  addAfter(key: string, ms: number, priority: Priority): void {
    const before = this.timers.get(key);
    const due = Math.min(this.now + ms, before?.due ?? Infinity);
    this.timers.set(key, { due, priority: before?.priority === 'high' ? 'high' : priority });
  }

  serve(): void {
    while (this.waiting > 0 && this.ready.length > 0) {
      const wanted: Priority = this.#highInARow >= 16 ? 'low' : 'high';
      const item = this.ready.find((i) => i.priority === wanted) ?? this.ready[0];
      if (item === undefined) return;
      this.#highInARow = item.priority === 'high' ? this.#highInARow + 1 : 0;
      this.ready = this.ready.filter((i) => i !== item);
      this.running.add(item.key);
      this.timers.delete(item.key);
      this.handedOut.push(item.key);
      this.waiting--;
    }
  }

  done(key: string): void {
    this.running.delete(key);
    const priority = this.again.get(key);
    this.again.delete(key);
    if (priority !== undefined) this.add(key, priority);
  }

  advance(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const next = [...this.timers]
        .filter(([, t]) => t.due <= end)
        .toSorted(([, a], [, b]) => a.due - b.due)[0];
      if (next === undefined) break;
      this.now = next[1].due;
      this.timers.delete(next[0]);
      this.add(next[0], next[1].priority);
    }
    this.now = end;
  }
}

/** The queue and its model, driven side by side. */
class Pair {
  readonly clock = new ManualClock(0);
  readonly model = new Model(0);
  readonly handedOut: string[] = [];
  readonly running: string[] = [];
  readonly queue = new WorkQueue<string>({ clock: this.clock, retryDelayMs: () => retryMs });
  #timers = 0;

  async apply(command: Command): Promise<void> {
    switch (command.kind) {
      case 'add':
        this.queue.add(command.key, { priority: command.priority });
        this.model.add(command.key, command.priority);
        break;
      case 'addAfter': {
        // No two timers ring together: their order would be open.
        const ms = command.ms + ++this.#timers / 4096;
        this.queue.addAfter(command.key, ms, { priority: command.priority });
        this.model.addAfter(command.key, ms, command.priority);
        break;
      }
      case 'get':
        this.model.waiting++;
        this.model.serve();
        void this.queue.get().then((key) => this.#take(key));
        break;
      case 'done':
        this.#done(command.which);
        break;
      case 'advance':
        this.model.advance(command.ms);
        await this.clock.advance(command.ms);
        break;
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(this.handedOut).toEqual(this.model.handedOut);
    expect(this.queue.length).toBe(this.model.ready.length);
  }

  #take(key: string | undefined): void {
    if (key === undefined) return;
    expect(this.running).not.toContain(key);
    this.running.push(key);
    this.handedOut.push(key);
  }

  #done(which: number): void {
    const key = this.running[which % Math.max(1, this.running.length)];
    if (key === undefined) return;
    this.running.splice(this.running.indexOf(key), 1);
    this.queue.done(key);
    this.model.done(key);
  }
}

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const priority = fc.constantFrom<Priority>('high', 'low');
const ms = fc.integer({ min: 1, max: 100 });
const command = fc.oneof<fc.Arbitrary<Command>[]>(
  fc.record({ kind: fc.constant('add' as const), key, priority }),
  fc.record({ kind: fc.constant('addAfter' as const), key, ms, priority }),
  fc.record({ kind: fc.constant('get' as const) }),
  fc.record({ kind: fc.constant('done' as const), which: fc.nat({ max: 5 }) }),
  fc.record({ kind: fc.constant('advance' as const), ms }),
);

test('hands out the same keys in the same order as a simple model, whatever happens in whatever order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 80 }), async (commands) => {
      const pair = new Pair();
      for (const c of commands) await pair.apply(c);
    }),
    { numRuns: 200 },
  );
});

test('every key that was added is run to its end once workers come, and none is left behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60 }), async (commands) => {
      const pair = new Pair();
      const lastAdded = new Map<string, number>();
      for (const c of commands) {
        if (c.kind === 'add' || c.kind === 'addAfter') lastAdded.set(c.key, pair.handedOut.length);
        await pair.apply(c);
      }
      for (let i = 0; i < 20; i++) {
        await pair.apply({ kind: 'done', which: 0 });
        await pair.apply({ kind: 'get' });
        await pair.apply({ kind: 'advance', ms: 200 });
      }
      for (const [added, at] of lastAdded) expect(pair.handedOut.slice(at)).toContain(added);
      expect(pair.queue.length).toBe(0);
    }),
    { numRuns: 100 },
  );
});

test('hundreds of timers set, replaced and dropped in random order ring in the order of their time', async () => {
  const timers = fc.array(fc.tuple(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 5000 })), {
    minLength: 200,
    maxLength: 2000,
  });
  const runEarly = fc.array(fc.nat({ max: 500 }), { maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(timers, runEarly, async (set, early) => {
      const clock = new ManualClock(0);
      const queue = new WorkQueue<string>({ clock, retryDelayMs: () => retryMs });
      const due = new Map<string, number>();
      for (const [n, at] of set) {
        queue.addAfter(`k${n}`, at);
        due.set(`k${n}`, Math.min(at, due.get(`k${n}`) ?? Infinity));
      }
      for (const n of early) {
        queue.add(`k${n}`);
        queue.done((await queue.get()) ?? '');
        due.delete(`k${n}`);
      }
      await clock.advance(5000);
      const rung: number[] = [];
      while (queue.length > 0) rung.push(due.get((await queue.get()) ?? '') ?? NaN);
      expect(rung).toEqual([...due.values()].toSorted((a, b) => a - b));
    }),
    { numRuns: 10 },
  );
});
