import { afterAll } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { parseFlags } from '../../src/operator/flags.ts';
import { runProcess } from '../../src/operator/process.ts';
import { scaledClock } from '../support/scaled-clock.ts';
import type { Fixture } from './fixture.ts';

/**
 * Runs the whole operator inside the test, on clocks that are `factor` times faster than the machine's; it is stopped
 * with the file. The API server and AWS keep their own time.
 */
export function startFastOperator(
  f: Fixture,
  factor: number,
  args: readonly string[] = [],
): { stop(): Promise<void> } {
  const all = [
    `--kubeconfig=${f.kubeconfig}`,
    `--watch-namespace=${f.namespace}`,
    `--leader-election-namespace=${f.namespace}`,
    '--metrics-bind-address=0',
    '--health-probe-bind-address=0',
    ...args,
  ];
  const parsed = parseFlags(all, {});
  if (parsed.kind !== 'flags') throw new Error(JSON.stringify(parsed));
  // The AWS SDK reads its endpoints from the environment; each test file has a process of its own.
  Object.assign(process.env, f.aws.env);
  const clock = scaledClock(factor);
  const clocks = { wall: clock, schedule: clock, elapsed: clock };
  const stop = new AbortController();
  const options = { flags: parsed.flags, env: {}, version: 'test', log: silentLog, clocks };
  const running = runProcess(options, stop.signal);
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  afterAll(end);
  return { stop: end };
}
