import { usageError } from './exit-code.ts';
import { type CommandName, commandTable, type Option, optionTable, takesOption } from './option-table.ts';

const nameText =
  'NAME is the name of a registry, pipeline or cluster registry, or KIND/NAME, as in ecrpipeline/api.';

const exitCodeText = [
  'Exit codes: 0 yes, 1 no (the test failed, it is not ready, there is none), 2 the command line is wrong,',
  '3 no answer (no cluster, no CRD, no permission, not in time).',
];

/** Lines of `kubectl ecr help`, or of the help of one command. Throws a CommandFailure where there is none. */
export function helpLines(word: string | undefined): string[] {
  if (word === undefined || word === 'help') return generalHelp();
  const command = commandTable.find(({ name }) => name === word);
  if (command === undefined) throw usageError(`there is no command ${JSON.stringify(word)}`);
  return commandHelp(command);
}

function generalHelp(): string[] {
  const rows = commandTable.map(({ name, operands, help }): [string, string] => [
    `  ${name} ${operands}`.trimEnd(),
    help,
  ]);
  return [
    'kubectl ecr explains, tests and refreshes the logins that ecr-operator keeps.',
    '',
    'Usage: kubectl ecr COMMAND [options]',
    '',
    ...aligned([...rows]),
    '',
    nameText,
    '',
    ...aligned(optionTable.map(optionRow)),
    '',
    ...exitCodeText,
  ];
}

function commandHelp({ name, operands, help }: (typeof commandTable)[number]): string[] {
  const options = optionsOf(name);
  return [
    help,
    '',
    `Usage: kubectl ecr ${name} ${operands}${options.length === 0 ? '' : ' [options]'}`,
    ...(operands.startsWith('NAME') ? ['', nameText] : []),
    ...(options.length === 0 ? [] : ['', ...aligned(options.map(optionRow)), '', ...exitCodeText]),
  ];
}

/** The options of a command. */
function optionsOf(command: CommandName): Option[] {
  return optionTable.filter((option) => takesOption(command, option));
}

function optionRow({ name, short, value, help }: Option): [string, string] {
  const left = `  ${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` <${value}>`}`;
  return [left, help];
}

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, help]) => left.padEnd(width) + help);
}
