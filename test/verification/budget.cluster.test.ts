import { expect, test } from 'vitest';
import { createRegistry, specFor } from '../operator/registries.ts';
import { createVerificationFixture, finished, requestTest } from './fixture.ts';

const f = await createVerificationFixture();
await f.startVerifier();
const count = 100;
const numbers = Array.from({ length: count }, (_, i) => i);

/** Verifies all registries of a prefix at the same time; gives how long the whole took, in milliseconds. */
async function verifyAll(prefix: string): Promise<number> {
  const start = performance.now();
  await Promise.all(
    numbers.map(async (i) => {
      const name = `${prefix}-${i}`;
      const { verification } = await finished(f, name, await requestTest(f, name));
      expect(verification.stages.at(-1)).toMatchObject({ name: 'RegistryPing', ok: true });
    }),
  );
  return performance.now() - start;
}

const made = (prefix: string, account: (i: number) => string) =>
  Promise.all(
    numbers.map((i) => createRegistry(f, `${prefix}-${i}`, specFor(account(i), { suspend: true }))),
  );

test('100 registries of different identities cost a call to STS and one to ECR each, within what AWS grants', async () => {
  // What AWS documents for ECR, and its answer times.
  f.aws.settings.update({
    latencyMs: 30,
    rateLimits: {
      '*': { perSecond: 500, burst: 500 },
      'ecr:GetAuthorizationToken': { perSecond: 20, burst: 200 },
    },
  });
  await Promise.all(numbers.map((i) => f.puller(`own-${i}`)));
  await made('own', (i) => `own-${i}`);
  const ms = await verifyAll('own');
  const [sts, ecr] = [f.aws.countCalls({ service: 'sts' }), f.aws.countCalls({ service: 'ecr' })];
  console.log(`${count} identities at once: ${sts} STS and ${ecr} ECR calls in ${Math.round(ms)} ms`);
  expect([sts, ecr]).toEqual([count, count]);
  expect(f.aws.calls().filter(({ code }) => code !== 200)).toEqual([]);
});

test('where AWS throttles, they wait and pass all the same', async () => {
  f.aws.settings.update({ rateLimits: { '*': { perSecond: 500, burst: 500 } } });
  const times = 30;
  f.aws.faults.inject({ service: 'ecr', kind: 'error', status: 400, code: 'ThrottlingException', times });
  f.aws.resetCalls();
  const ms = await verifyAll('own');
  console.log(`${times} calls throttled: all passed in ${Math.round(ms)} ms`);
  expect(f.aws.calls().filter(({ code }) => code !== 200)).toHaveLength(times);
  expect(f.aws.countCalls({ service: 'ecr', code: 200 })).toBe(count);
  expect(f.aws.countCalls({ service: 'sts' })).toBe(count);
});

test('100 registries of one identity share its calls', async () => {
  await f.puller('shared');
  await made('shared', () => 'shared');
  f.aws.resetCalls();
  f.aws.registry.resetRequests();
  const ms = await verifyAll('shared');
  const [sts, ecr] = [f.aws.countCalls({ service: 'sts' }), f.aws.countCalls({ service: 'ecr' })];
  const pings = f.aws.registry.requests().length;
  console.log(
    `${count} registries of one identity: ${sts} STS, ${ecr} ECR calls and ${pings} requests to the registry in ${Math.round(ms)} ms`,
  );
  expect(sts).toBeLessThan(count / 4);
  expect(ecr).toBeLessThan(count / 4);
});
