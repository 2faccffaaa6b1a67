import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import type { Screen } from './screen.ts';

export const projectFolder = dirname(dirname(import.meta.dirname));

/** How a command ended, and all that it printed, both streams in order. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A command that goes on beside the others. */
export interface Background {
  /** What it has printed so far. */
  output(): string;
  stop(): Promise<void>;
}

/** Runs through `sh` the very text that it shows, in the project's folder. */
export interface Shell {
  /** Shows the command and its output; rejects when it fails. Resolves to the output. */
  run(command: string): Promise<string>;
  /** Shows a command that is meant to fail, and its output; rejects when it succeeds. */
  fails(command: string): Promise<string>;
  /** Runs a command without showing anything. */
  quietly(command: string): Promise<Ran>;
  /** Shows and starts a command that runs until it is stopped. */
  background(command: string): Background;
  /** Shows and sets variables for all later commands. */
  export(variables: Readonly<Record<string, string>>): void;
  /** Folders of helm and kubectl that are not in the PATH of the person who runs the demo. */
  readonly addedToPath: readonly string[];
  /** The environment of the commands. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ShellOptions {
  readonly screen: Screen;
  readonly kubeconfig: string;
  /** Stands for the home folder, so that nothing of the person who runs the demo is read or written. */
  readonly home: string;
}

/** A shell with helm and kubectl and hardly any other environment: no proxy, no AWS profile, no helm plugin. */
export async function createShell({ screen, kubeconfig, home }: ShellOptions): Promise<Shell> {
  const log = (line: string): void => screen.say(line);
  const { helm, kubectl } = await ensureBinaries(['helm', 'kubectl'], { log });
  const usual = (process.env['PATH'] ?? '').split(':');
  const addedToPath = [...new Set([dirname(kubectl), dirname(helm)])].filter((dir) => !usual.includes(dir));
  const path = [...addedToPath, ...usual].join(':');
  const env: Record<string, string> = { PATH: path, HOME: home, TMPDIR: home, KUBECONFIG: kubeconfig };
  const start = (command: string): Running => startCommand(command, env);
  const shown = async (command: string): Promise<Ran> => {
    screen.command(command);
    const running = start(command);
    const ran = { code: await running.ended, output: running.output() };
    if (ran.output.trim() !== '') screen.output(ran.output);
    return ran;
  };
  return {
    env,
    addedToPath,
    export(variables) {
      for (const [name, value] of Object.entries(variables)) screen.command(`export ${name}=${value}`);
      Object.assign(env, variables);
    },
    async run(command) {
      const { code, output } = await shown(command);
      if (code !== 0) throw new Error(`the command above ended with exit code ${code}`);
      return output;
    },
    async fails(command) {
      const { code, output } = await shown(command);
      if (code === 0) throw new Error('the command above was meant to fail');
      return output;
    },
    async quietly(command) {
      const running = start(command);
      return { code: await running.ended, output: running.output() };
    },
    background(command) {
      screen.command(`${command} &`);
      return start(`exec ${command}`);
    },
  };
}

interface Running extends Background {
  readonly ended: Promise<number>;
}

function startCommand(command: string, env: Readonly<Record<string, string>>): Running {
  const child = spawn('sh', ['-c', command], {
    cwd: projectFolder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = once(child, 'close').then(([code]) => {
    process.off('exit', kill);
    return typeof code === 'number' ? code : 1;
  });
  return {
    ended,
    output: () => output,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
