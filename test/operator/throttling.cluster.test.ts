import { expect, it } from 'vitest';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { startFastOperator } from './fast-operator.ts';
import { createFixture } from './fixture.ts';
import { createRegistry, notReady, ready, specFor } from './registries.ts';

const f = await createFixture();
const factor = 60;
const count = 40;
const names = Array.from({ length: count }, (_, i) => `r${i}`);

it('makes few calls while AWS throttles all for ten minutes, and recovers without a herd', async () => {
  for (const name of names) await f.puller(name);
  const lift = f.aws.faults.inject({
    service: 'sts',
    kind: 'error',
    status: 400,
    code: 'Throttling',
    message: 'Rate exceeded',
  });
  startFastOperator(f, factor, ['--leader-elect=false']);
  for (const name of names) await createRegistry(f, name, specFor(name));
  await notReady(f, 'r0', 'Throttled');

  // The time that the throttling lasts is what is tested: ten minutes of the operator's clock.
  await sleep(systemClock, (10 * 60_000) / factor);
  const throttled = f.aws.countCalls({ service: 'sts' });
  lift();
  f.aws.resetCalls();
  for (const name of names) await ready(f, name);

  const calls = f.aws.calls();
  const sts = calls.filter((call) => call.service === 'sts');
  const perSecond = busiestSecond(sts.map((call) => call.at * factor));
  console.log(
    `${count} identities throttled for 10 minutes: ${throttled} STS calls (${(throttled / count).toFixed(1)} each); ` +
      `recovery: ${sts.length} STS calls, at most ${perSecond} in one second`,
  );
  // Back-off alone: a try after 5, 10, 20, ... 300 s, each with up to three attempts of the SDK.
  expect(throttled / count).toBeLessThan(3 * 12);
  expect(sts).toHaveLength(count);
  expect(perSecond).toBeLessThanOrEqual(10);
});

/** Most events within a second; times in milliseconds. */
function busiestSecond(times: readonly number[]): number {
  return Math.max(...times.map((from) => times.filter((t) => t >= from && t < from + 1_000).length));
}
