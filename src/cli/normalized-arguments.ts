import { type Option, optionTable } from './option-table.ts';

/**
 * The same arguments in the only form that Node's parser takes for them all: a value for every option, also for switches
 * (`--show` means true, and `--show=false` is possible), and letters that kubectl takes as `-n=ci` and `-Ao json`.
 */
export function normalizedArguments(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  return [...options.flatMap(normalized), ...argv.slice(options.length)];
}

function normalized(arg: string): string[] {
  if (arg === '-h' || arg === '--help') return ['--help=true'];
  if (arg === '--version') return ['--version=true'];
  const byName = optionTable.find(({ name, value }) => value === undefined && arg === `--${name}`);
  if (byName !== undefined) return [`${arg}=true`];
  const byLetter = optionTable.find(({ short }) => short !== undefined && arg.startsWith(`-${short}`));
  return byLetter === undefined ? [arg] : withLetter(byLetter, arg.slice(2));
}

/** `rest` is what stands behind the letter. */
function withLetter({ name, short = '', value }: Option, rest: string): string[] {
  if (rest.startsWith('=')) return [`--${name}${rest}`];
  if (value === undefined) return [`--${name}=true`, ...(rest === '' ? [] : normalized(`-${rest}`))];
  return [`-${short}${rest}`];
}
