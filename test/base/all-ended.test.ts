import { expect, it } from 'vitest';
import { allEnded } from '../../src/base/all-ended.ts';

it('waits for all promises before it tells of the first that failed', async () => {
  const slow = Promise.withResolvers<string>();
  const ended: string[] = [];
  const all = allEnded([Promise.reject(new Error('first')), slow.promise]).catch((error: unknown) => {
    ended.push(String(error));
  });
  await Promise.resolve();
  expect(ended).toEqual([]);
  slow.resolve('late');
  await all;
  expect(ended).toEqual(['Error: first']);
});

it('gives the results in their order', async () => {
  expect(await allEnded([Promise.resolve(1), Promise.resolve(2)])).toEqual([1, 2]);
});
