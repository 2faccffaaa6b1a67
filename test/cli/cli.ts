import { systemClock } from '../../src/base/clock.ts';
import { runCli } from '../../src/cli/run.ts';

/** What a command printed and answered. */
export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface CliOptions {
  readonly kubeconfig?: string;
  /** Default: none, so that colours and ticking lines are off. */
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input. */
  readonly input?: string;
}

/** Runs `kubectl ecr` inside the test, as its own process would. */
export async function cli(argv: readonly string[], options: CliOptions = {}): Promise<Answer> {
  const { kubeconfig, isTTY = false, env = {}, input = '' } = options;
  const printed = { out: '', err: '' };
  const stream = (name: keyof typeof printed) => ({
    write: (text: string) => (printed[name] += text),
    isTTY,
  });
  const code = await runCli(
    [...argv, ...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`])],
    '1.2.3',
    {
      out: stream('out'),
      err: stream('err'),
      env,
      clock: systemClock,
      signal: new AbortController().signal,
      readInput: () => Promise.resolve(input),
    },
  );
  return { code, ...printed };
}
