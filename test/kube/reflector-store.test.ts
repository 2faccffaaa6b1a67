import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../src/kube/object.ts';
import { ReflectorStore } from '../../src/kube/reflector-store.ts';

type Change = [key: string, now: string | undefined, before: string | undefined];

/** A store that keeps the `v` label of objects, and what it told. */
function recorded(trim = (o: KubeObject) => o.metadata.labels?.['v']) {
  const changes: Change[] = [];
  const thrown: string[] = [];
  const store = new ReflectorStore<string>({
    trim,
    onChange: (...change) => void changes.push(change),
    onThrow: (key, hook) => void thrown.push(`${hook} ${key}`),
  });
  return { store, changes, thrown };
}

const object = (name: string, version: number, v: string | undefined = String(version)): KubeObject => ({
  metadata: { name, resourceVersion: String(version), ...(v === undefined ? {} : { labels: { v } }) },
});

function list(store: ReflectorStore<string>, ...objects: KubeObject[]): void {
  store.beginList();
  for (const o of objects) store.listed(o);
  store.endList();
}

describe('events', () => {
  test('tell what is kept now and what was before', () => {
    const { store, changes } = recorded();
    store.changed(object('a', 1));
    store.changed(object('a', 2));
    store.deleted(object('a', 3));
    expect(changes).toEqual([
      ['a', '1', undefined],
      ['a', '2', '1'],
      ['a', undefined, '2'],
    ]);
    expect(store.size).toBe(0);
  });

  test('that came before, or are older than what is known, change nothing', () => {
    const { store, changes } = recorded();
    store.changed(object('a', 10));
    for (const late of [10, 9]) store.changed(object('a', late));
    store.deleted(object('a', 9));
    expect(changes.length).toBe(1);
    expect(store.get('a')).toBe('10');
  });

  test('of a deleted object that come late do not bring it back, its next life does', () => {
    const { store } = recorded();
    store.changed(object('a', 1));
    store.deleted(object('a', 5));
    store.changed(object('a', 4));
    expect(store.get('a')).toBeUndefined();
    store.changed(object('a', 6));
    expect(store.get('a')).toBe('6');
  });

  test('end in the newest state for each key, however often and in whatever order they come', () => {
    const event = fc.record({
      name: fc.constantFrom('a', 'b', 'c'),
      version: fc.integer({ min: 1, max: 20 }),
      gone: fc.boolean(),
    });
    const history = fc.uniqueArray(event, { selector: (e) => e.version, minLength: 1, maxLength: 12 });
    const shuffled = history.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray([...events, ...events], { minLength: events.length }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([, events]) => {
        const { store } = recorded();
        for (const { name, version, gone } of events)
          if (gone) store.deleted(object(name, version));
          else store.changed(object(name, version));
        for (const name of ['a', 'b', 'c']) {
          const last = events
            .filter((e) => e.name === name)
            .toSorted((x, y) => x.version - y.version)
            .at(-1);
          expect(store.get(name)).toBe(last === undefined || last.gone ? undefined : String(last.version));
        }
      }),
    );
  });
});

describe('a list', () => {
  test('tells of what is new, changed and gone, not of what is as it was', () => {
    const { store, changes } = recorded();
    list(store, object('same', 1), object('changed', 2), object('gone', 3));
    changes.length = 0;
    list(store, object('same', 1), object('changed', 5), object('new', 6));
    expect(changes).toEqual([
      ['changed', '5', '2'],
      ['new', '6', undefined],
      ['gone', undefined, '3'],
    ]);
    expect(Object.fromEntries(store.entries())).toEqual({ same: '1', changed: '5', new: '6' });
  });

  test('that breaks off deletes nothing, and neither does what it had count for the next one', () => {
    const { store } = recorded();
    list(store, object('a', 1), object('b', 2));
    store.beginList();
    store.listed(object('a', 1));
    expect(store.size).toBe(2);
    list(store, object('b', 2));
    expect([...store.entries()]).toEqual([['b', '2']]);
  });

  test('holds also when it is older than what is kept: etcd may have come back from a backup', () => {
    const { store } = recorded();
    store.changed(object('a', 100));
    store.deleted(object('b', 101));
    list(store, object('a', 50), object('b', 51));
    expect(store.get('a')).toBe('50');
    expect(store.get('b')).toBe('51');
    store.deleted(object('c', 102));
    list(store);
    store.changed(object('c', 60));
    expect(store.get('c')).toBe('60');
  });
});

describe('an object of which trim keeps nothing', () => {
  test('takes no place, and each of its events is told', () => {
    const { store, changes } = recorded(() => undefined);
    list(store, object('a', 1));
    store.changed(object('a', 2));
    store.deleted(object('a', 3));
    expect(changes).toEqual([
      ['a', undefined, undefined],
      ['a', undefined, undefined],
      ['a', undefined, undefined],
    ]);
    expect(store.size).toBe(0);
  });

  test('is let go of when something was kept before', () => {
    const { store, changes } = recorded();
    store.changed(object('a', 1));
    store.changed({ metadata: { name: 'a', resourceVersion: '2' } });
    expect(changes.at(-1)).toEqual(['a', undefined, '1']);
    expect(store.size).toBe(0);
  });
});

describe('a mistake of the owner', () => {
  test('in onChange is told and does not undo the change', () => {
    const thrown: unknown[] = [];
    const store = new ReflectorStore<string>({
      trim: () => 'kept',
      onChange: () => {
        throw new Error('mistake');
      },
      onThrow: (...what) => void thrown.push(what),
    });
    store.changed(object('a', 1));
    expect(store.get('a')).toBe('kept');
    expect(thrown).toEqual([['a', 'onChange', new Error('mistake')]]);
  });

  test('in trim leaves what is kept as it was: the object has not gone', () => {
    const { store, changes, thrown } = recorded((o) => {
      if (o.metadata.resourceVersion === '2') throw new Error('mistake');
      return o.metadata.resourceVersion;
    });
    list(store, object('a', 1));
    list(store, object('a', 2));
    expect(store.get('a')).toBe('1');
    expect(changes.length).toBe(1);
    expect(thrown).toEqual(['trim a']);
  });
});
