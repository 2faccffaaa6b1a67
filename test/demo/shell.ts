import { dirname } from 'node:path';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { createCommands, type Ran, type Running } from './commands.ts';
import type { Screen } from './screen.ts';

/** Runs the very text that it shows, as a person would type it in the project's folder. */
export interface Shell {
  /** Shows the command and its output; rejects when it fails. Resolves to the output. */
  run(command: string): Promise<string>;
  /** Shows a command that is meant to fail, and its output; rejects when it succeeds. */
  fails(command: string): Promise<string>;
  /** Runs a command without showing anything. */
  quietly(command: string): Promise<Ran>;
  /** Shows and starts a command that runs until it is stopped. */
  background(command: string): Running;
  /** Shows and sets variables for all later commands. */
  export(variables: Readonly<Record<string, string>>): void;
  /** Kills the commands that still run and waits for their end; those that come later are refused. */
  close(): Promise<void>;
  /** Folders of helm and kubectl that are not in the PATH of the person who runs the demo. */
  readonly addedToPath: readonly string[];
}

/**
 * A shell with helm and kubectl and hardly any other environment: no proxy, no AWS profile. `home` stands for the home
 * folder, so that nothing of the person who runs the demo is read or written.
 */
export async function createShell(screen: Screen, home: string): Promise<Shell> {
  const log = (line: string): void => screen.say(line);
  const { helm, kubectl } = await ensureBinaries(['helm', 'kubectl'], { log });
  const usual = (process.env['PATH'] ?? '').split(':');
  const addedToPath = [...new Set([dirname(kubectl), dirname(helm)])].filter((dir) => !usual.includes(dir));
  const env: Record<string, string> = {
    PATH: [...addedToPath, ...usual].join(':'),
    HOME: home,
    TMPDIR: home,
  };
  const commands = createCommands(env);
  const shown = async (command: string): Promise<Ran> => {
    screen.command(command);
    const ran = await commands.run(command);
    if (ran.output.trim() !== '') screen.output(ran.output);
    return ran;
  };
  return {
    addedToPath,
    quietly: (command) => commands.run(command),
    close: () => commands.close(),
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
    background(command) {
      screen.command(`${command} &`);
      return commands.start(`exec ${command}`);
    },
    export(variables) {
      for (const [name, value] of Object.entries(variables)) screen.command(`export ${name}=${value}`);
      Object.assign(env, variables);
    },
  };
}
