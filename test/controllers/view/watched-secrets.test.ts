import { beforeEach, describe, expect, it } from 'vitest';
import { WatchedSecrets } from '../../../src/controllers/view/watched-secrets.ts';

/** A watch under the control of the test. */
interface FakeWatch {
  key: string;
  version: string | undefined;
  stopped: boolean;
  change(version: string | undefined): void;
  sync(): void;
}

let started: FakeWatch[];
let wanted: Set<string>;
let changed: string[];
let watched: WatchedSecrets;
const { signal } = new AbortController();

beforeEach(() => {
  started = [];
  wanted = new Set(['ci/keys', 'ci/other']);
  changed = [];
  watched = new WatchedSecrets({
    start(key, onChange) {
      const synced = Promise.withResolvers<undefined>();
      const watch: FakeWatch = {
        key,
        version: '1',
        stopped: false,
        change(version) {
          watch.version = version;
          onChange();
        },
        sync: () => synced.resolve(undefined),
      };
      started.push(watch);
      return {
        version: () => watch.version,
        synced: () => synced.promise,
        stop: () => void (watch.stopped = true),
      };
    },
    changed: (key) => changed.push(key),
    wanted: (key) => wanted.has(key),
  });
});

/** Asks, and lets the watch sync. */
async function versionOf(key: string): Promise<string | undefined> {
  const version = watched.version(key, signal);
  started.find((watch) => watch.key === key && !watch.stopped)?.sync();
  return version;
}

describe('watched Secrets', () => {
  it('start one watch for a Secret, however often it is asked for', async () => {
    const all = [versionOf('ci/keys'), versionOf('ci/keys'), versionOf('ci/keys')];
    expect(await Promise.all(all)).toEqual(['1', '1', '1']);
    expect(started).toHaveLength(1);
  });

  it('answer when the watch has seen the Secret, not before', async () => {
    let answered = false;
    const asked = watched.version('ci/keys', signal).then((version) => {
      answered = true;
      return version;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    started[0]?.sync();
    expect(await asked).toBe('1');
  });

  it('tell of changes, and show the new version', async () => {
    await versionOf('ci/keys');
    started[0]?.change('2');
    expect(changed).toEqual(['ci/keys']);
    expect(await versionOf('ci/keys')).toBe('2');
    started[0]?.change(undefined);
    expect(await versionOf('ci/keys')).toBeUndefined();
  });

  it('stop a watch that nothing rests on any more, and start it anew when something does', async () => {
    await versionOf('ci/keys');
    wanted.delete('ci/keys');
    await versionOf('ci/other');
    expect(started.map(({ key, stopped }) => [key, stopped])).toEqual([
      ['ci/keys', true],
      ['ci/other', false],
    ]);
    wanted.add('ci/keys');
    await versionOf('ci/keys');
    expect(started.map(({ stopped }) => stopped)).toEqual([true, false, false]);
  });
});
