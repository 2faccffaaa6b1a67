import { parseArgs } from 'node:util';
import { parseDuration } from './durations.ts';
import { usageError } from './exit-code.ts';
import { type CommandName, commandTable, optionTable, takesOption } from './option-table.ts';

export type OutputFormat = 'text' | 'wide' | 'json' | 'yaml';

/** Where the cluster is, and which part of it is meant. */
export interface ClusterOptions {
  readonly namespace: string | undefined;
  readonly context: string | undefined;
  readonly kubeconfig: string | undefined;
  /** For the whole command, in milliseconds. */
  readonly timeoutMs: number;
}

export interface Options extends ClusterOptions {
  readonly allNamespaces: boolean;
  readonly output: OutputFormat;
  readonly filename: string | undefined;
  readonly wait: boolean;
  readonly show: boolean;
  readonly trigger: string | undefined;
}

/** A command line that makes sense as far as it can be told without a cluster. */
export interface Invocation {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly options: Options;
}

/** Reads a command line; throws a CommandFailure that says what is wrong with it. */
export function parseArguments(argv: readonly string[]): Invocation {
  const { values, positionals } = read(argv);
  if (values['version'] === 'true') return { command: 'version', operands: [], options: optionsOf({}) };
  const [word, ...operands] = positionals;
  const command = commandNamed(word ?? 'help');
  if (values['help'] === 'true') return { command: 'help', operands: [command], options: optionsOf({}) };
  for (const name of Object.keys(values)) {
    const option = optionTable.find((o) => o.name === name);
    if (option !== undefined && !takesOption(command, option))
      throw usageError(`${command} has no option --${name}`);
  }
  return { command, operands, options: optionsOf(values) };
}

type Values = Readonly<Partial<Record<string, string>>>;

function read(argv: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    [...optionTable, { name: 'version' }, { name: 'help', short: 'h' }].map(({ name, short }) => [
      name,
      { type: 'string' as const, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: argv.flatMap(withSwitchValue),
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values, positionals };
  } catch (error) {
    const [first] = (error as Error).message.split(/[.\n]/);
    throw usageError(first ?? 'bad arguments');
  }
}

/** `--show` alone means true, and `--show=false` is possible, as with kubectl's own flags. */
function withSwitchValue(arg: string): string[] {
  if (arg === '-h' || arg === '--help') return ['--help=true'];
  if (arg === '--version') return ['--version=true'];
  const option = optionTable.find(
    ({ name, short, value }) =>
      value === undefined && (arg === `--${name}` || (short !== undefined && arg === `-${short}`)),
  );
  return [option === undefined ? arg : `--${option.name}=true`];
}

function commandNamed(word: string): CommandName {
  const found = commandTable.find(({ name }) => name === word);
  if (found === undefined) throw usageError(`there is no command ${JSON.stringify(word)}`);
  return found.name;
}

function optionsOf(values: Values): Options {
  return {
    namespace: values['namespace'],
    context: values['context'],
    kubeconfig: values['kubeconfig'],
    timeoutMs: timeoutOf(values['timeout'] ?? '60s'),
    allNamespaces: switchOf(values, 'all-namespaces', false),
    output: formatOf(values['output']),
    filename: values['filename'],
    wait: switchOf(values, 'wait', true),
    show: switchOf(values, 'show', false),
    trigger: values['trigger'],
  };
}

function switchOf(values: Values, name: string, fallback: boolean): boolean {
  const value = values[name];
  if (value === undefined) return fallback;
  if (value !== 'true' && value !== 'false')
    throw usageError(`--${name}: ${JSON.stringify(value)} is neither true nor false`);
  return value === 'true';
}

function timeoutOf(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined)
    throw usageError(`--timeout: ${JSON.stringify(text)} is no duration such as 90s or 2m`);
  return ms;
}

function formatOf(text: string | undefined): OutputFormat {
  if (text === undefined) return 'text';
  if (text === 'json' || text === 'yaml' || text === 'wide') return text;
  throw usageError(`--output: ${JSON.stringify(text)} is none of json, yaml, wide`);
}
