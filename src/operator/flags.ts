import { parseArgs } from 'node:util';
import { environmentName, type Flag, type Flags, flagTable, isSwitch } from './flag-table.ts';

/** What the command line asks for; `error` names the flag or variable, the value and what is allowed. */
export type FlagResult =
  | { kind: 'flags'; flags: Flags }
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'error'; message: string };

/** Reads flags, then environment, then defaults. */
export function parseFlags(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): FlagResult {
  const given = readArguments(argv);
  if (typeof given === 'string') return { kind: 'error', message: given };
  if (given['help'] === true) return { kind: 'help' };
  if (given['version'] === true) return { kind: 'version' };
  const values: Partial<Record<keyof Flags, string | boolean | number>> = {};
  for (const flag of flagTable) {
    const [origin, text] = choose(flag, given, env);
    const wrong = whatIsWrong(flag, text);
    if (wrong !== undefined) return { kind: 'error', message: `${origin}: ${JSON.stringify(text)} ${wrong}` };
    values[flag.key] = isSwitch(flag) ? text === 'true' : flag.number === undefined ? text : Number(text);
  }
  return { kind: 'flags', flags: values as unknown as Flags };
}

type Given = Record<string, string | boolean | undefined>;

function readArguments(argv: readonly string[]): Given | string {
  const options = Object.fromEntries(flagTable.map((flag) => [flag.name, { type: 'string' as const }]));
  const switches = { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({
      args: withSwitchValues(argv),
      options: { ...options, ...switches },
      strict: true,
    });
    return values;
  } catch (error) {
    const [first] = (error as Error).message.split('\n');
    return `${first ?? 'bad arguments'}; see --help`;
  }
}

/** `--leader-elect` alone means true, as with Go's flags. */
function withSwitchValues(argv: readonly string[]): string[] {
  return argv.map((arg) => {
    const flag = flagTable.find((f) => isSwitch(f) && arg === `--${f.name}`);
    return flag === undefined ? arg : `${arg}=true`;
  });
}

function choose(
  flag: Flag,
  given: Given,
  env: Readonly<Record<string, string | undefined>>,
): [string, string] {
  const fromFlag = given[flag.name];
  if (typeof fromFlag === 'string') return [`flag --${flag.name}`, fromFlag];
  const variable = environmentName(flag.name);
  return [`variable ${variable}`, env[variable] ?? flag.default];
}

function whatIsWrong(flag: Flag, text: string): string | undefined {
  if (isSwitch(flag)) return text === 'true' || text === 'false' ? undefined : 'is neither true nor false';
  if (flag.number === undefined) return flag.check?.(text);
  const [from, to] = flag.number;
  const fits = /^\d{1,9}$/.test(text) && Number(text) >= from && Number(text) <= to;
  return fits ? undefined : `is no whole number from ${from} to ${to}`;
}
