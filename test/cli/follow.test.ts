import { expect, test } from 'vitest';
import { follow } from '../../src/cli/follow.ts';
import type { WatchOptions } from '../../src/kube/client.ts';
import { ApiError } from '../../src/kube/errors.ts';
import type { WatchEvent } from '../../src/kube/list-watch-events.ts';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';

const version = (resourceVersion: string): KubeObject => ({
  metadata: { namespace: 'ci', name: 'x', resourceVersion },
});
const event = (type: WatchEvent<KubeObject>['type'], v: string): WatchEvent<KubeObject> => ({
  type,
  object: version(v),
});

type Watch = (() => WatchEvent<KubeObject>[])[];

/** A client whose watches tell what the script says, one after the other; `newest` is what a read gives. */
function scripted(watches: Watch, newest?: KubeObject) {
  const asked: WatchOptions[] = [];
  const client = {
    get: () => Promise.resolve(newest),
    async *watch(_type: unknown, o: WatchOptions) {
      asked.push(o);
      const events = watches[asked.length - 1];
      if (events === undefined) throw new Error('over');
      for (const one of events()) yield await Promise.resolve(one);
    },
  };
  return { client: client as never, asked };
}

async function versions(
  client: never,
  signal = new AbortController().signal,
): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = [];
  for await (const object of follow(client, serviceAccounts, version('1'), signal)) {
    seen.push(object?.metadata.resourceVersion);
    if (object?.metadata.resourceVersion === 'end') break;
  }
  return seen;
}

test('a watch that ends is taken up where it was', async () => {
  const { client, asked } = scripted([
    () => [event('MODIFIED', '2'), event('BOOKMARK', '7')],
    () => [event('MODIFIED', 'end')],
  ]);
  expect(await versions(client)).toEqual(['1', '2', 'end']);
  expect(asked.map(({ resourceVersion }) => resourceVersion)).toEqual(['1', '2']);
  expect(asked[0]).toMatchObject({ namespace: 'ci', fieldSelector: 'metadata.name=x' });
});

test('a version that the API server has forgotten is replaced by the newest', async () => {
  const gone = (): never => {
    throw new ApiError('watch', 410, { reason: 'Expired' });
  };
  const { client } = scripted([gone], version('end'));
  expect(await versions(client)).toEqual(['1', 'end']);
  expect(await versions(scripted([gone]).client)).toEqual(['1', undefined]);
});

test('a deleted object is the end', async () => {
  expect(await versions(scripted([() => [event('DELETED', '3')]]).client)).toEqual(['1', undefined]);
});

test('the reason of the signal and other errors come through', async () => {
  const reason = new Error('time is up');
  await expect(versions(scripted([]).client, AbortSignal.abort(reason))).rejects.toBe(reason);
  await expect(versions(scripted([]).client)).rejects.toThrow('over');
});
