import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from './controlplane/free-port.ts';
import { waitFor } from './wait-for.ts';

const root = join(import.meta.dirname, '../..');

export interface OperatorProcessOptions {
  /** Absent: the operator finds its way as in a pod. */
  kubeconfig?: string;
  env?: Readonly<Record<string, string>>;
  args?: readonly string[];
  /** File to run; default: the sources. The bundle is `dist/main.mjs`. */
  entry?: string;
  /** Flags of Node itself. */
  nodeArgs?: readonly string[];
  /** A command that runs what follows it, and becomes it: the pid stays. */
  prefix?: readonly string[];
}

/** The operator as its own process, as in a pod. */
export interface OperatorProcess {
  readonly pid: number;
  /** All that it printed, line by line. */
  readonly output: readonly string[];
  /** Resolves when /readyz answers 200. */
  ready(): Promise<void>;
  /** Body of a path of the health (`/readyz`) or metrics (`/metrics`) server. */
  get(path: string): Promise<{ status: number; body: string }>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL. */
  kill(): Promise<void>;
  readonly running: boolean;
}

export async function startOperator(options: OperatorProcessOptions): Promise<OperatorProcess> {
  const [health, metrics] = [await freePort(), await freePort()];
  const args = [
    ...(options.nodeArgs ?? []),
    options.entry ?? 'src/main.ts',
    ...(options.kubeconfig === undefined ? [] : [`--kubeconfig=${options.kubeconfig}`]),
    `--health-probe-bind-address=127.0.0.1:${health}`,
    `--metrics-bind-address=127.0.0.1:${metrics}`,
    ...(options.args ?? []),
  ];
  // Only what is needed: the AWS settings of whoever runs the tests must not reach the operator.
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env };
  const [command = process.execPath, ...rest] = [...(options.prefix ?? []), process.execPath, ...args];
  const child = spawn(command, rest, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => output.push(line));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const killWithUs = (): void => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  void exited.then(() => process.off('exit', killWithUs));
  const get: OperatorProcess['get'] = async (path) => {
    const port = path === '/metrics' ? metrics : health;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: AbortSignal.timeout(2_000) });
    return { status: response.status, body: await response.text() };
  };
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    const [code] = await exited;
    return code;
  };
  return {
    pid: child.pid ?? 0,
    output,
    get,
    async ready() {
      const probe = async (): Promise<boolean> => {
        if (child.exitCode !== null) throw new Error(`the operator ended:\n${output.join('\n')}`);
        return (await get('/readyz')).status === 200;
      };
      // Several that start at the same time on a busy machine take their time.
      await waitFor('the operator to be ready', probe, { timeoutMs: 60_000 });
    },
    stop: () => end('SIGTERM'),
    async kill() {
      await end('SIGKILL');
    },
    get running() {
      return child.exitCode === null && child.signalCode === null;
    },
  };
}
