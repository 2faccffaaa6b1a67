import { parseArgs } from 'node:util';
import { parseDuration } from './durations.ts';
import { usageError } from './exit-code.ts';
import { isKindName } from './kinds.ts';
import { normalizedArguments } from './normalized-arguments.ts';
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
  readonly filenames: readonly string[];
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
  const { values, filenames, positionals } = read(argv);
  if (values['version'] === 'true') return { command: 'version', operands: [], options: optionsOf({}) };
  const [word, ...operands] = positionals;
  const command = commandNamed(word ?? 'help');
  if (values['help'] === 'true') return { command: 'help', operands: [command], options: optionsOf({}) };
  for (const name of Object.keys(values)) {
    const option = optionTable.find((o) => o.name === name);
    if (option !== undefined && !takesOption(command, option))
      throw usageError(`${command} has no option --${name}`);
  }
  return { command, operands: joinedOperands(command, operands), options: optionsOf(values, filenames) };
}

/** Of an option that is given several times the last value counts, but for files, where all do. */
type Values = Readonly<Partial<Record<string, string>>>;

/** `explain ecr prod` means `explain ecr/prod`, as with kubectl. */
function joinedOperands(command: CommandName, operands: readonly string[]): readonly string[] {
  const [kind = '', name = '', ...more] = operands;
  const takesName = commandTable.some((one) => one.name === command && one.operands.startsWith('NAME'));
  const isPair = takesName && more.length === 0 && isKindName(kind) && name !== '' && !name.includes('/');
  return isPair ? [`${kind}/${name}`] : operands;
}

function read(argv: readonly string[]): { values: Values; filenames: string[]; positionals: string[] } {
  const options = Object.fromEntries(
    [...optionTable, { name: 'version' }, { name: 'help', short: 'h' }].map(({ name, short }) => [
      name,
      { type: 'string' as const, multiple: true as const, ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: normalizedArguments(argv),
      options,
      allowPositionals: true,
      strict: true,
    });
    const last = Object.entries(values).map(([name, given]) => [name, given?.at(-1)] as const);
    return { values: Object.fromEntries(last), filenames: values['filename'] ?? [], positionals };
  } catch (error) {
    if (argv.some((arg) => arg.startsWith('--request-timeout')))
      throw usageError('there is no option --request-timeout: --timeout is for the whole command');
    const [first] = (error as Error).message.split(/[.\n]/);
    throw usageError(first ?? 'bad arguments');
  }
}

function commandNamed(word: string): CommandName {
  const found = commandTable.find(({ name }) => name === word);
  if (found === undefined) throw usageError(`there is no command ${JSON.stringify(word)}`);
  return found.name;
}

function optionsOf(values: Values, filenames: readonly string[] = []): Options {
  return {
    namespace: values['namespace'],
    context: values['context'],
    kubeconfig: values['kubeconfig'],
    timeoutMs: timeoutOf(values['timeout'] ?? '60s'),
    allNamespaces: switchOf(values, 'all-namespaces', false),
    output: formatOf(values['output']),
    filenames,
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
