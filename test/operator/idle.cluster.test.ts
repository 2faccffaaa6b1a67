import { expect, it } from 'vitest';
import { systemClock, sleep } from '../../src/base/clock.ts';
import { startFastOperator } from './fast-operator.ts';
import { createFixture } from './fixture.ts';
import { operatorWrites } from './operator-writes.ts';
import { createRegistry, ready, specFor } from './registries.ts';

const f = await createFixture();
const factor = 60;

it('writes nothing in ten idle minutes', async () => {
  await f.puller('puller');
  await createRegistry(f, 'prod', specFor('puller'));
  // The lease is renewed by the second, which no machine does sixty times faster: it is left out.
  startFastOperator(f, factor, ['--leader-elect=false']);
  await ready(f, 'prod');
  const before = (await operatorWrites(f)).length;
  f.aws.resetCalls();
  // Idleness is the condition: nothing can announce its end but time, ten minutes of the operator's clock.
  await sleep(systemClock, (10 * 60_000) / factor);
  expect((await operatorWrites(f)).slice(before)).toEqual([]);
  expect(f.aws.calls()).toEqual([]);
});
