import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { CommandFailure } from '../../src/cli/exit-code.ts';
import { helpLines } from '../../src/cli/help.ts';
import { commandTable, optionTable } from '../../src/cli/option-table.ts';

const failure = (argv: string[]): CommandFailure => {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof CommandFailure) return error;
  }
  throw new Error(`${argv.join(' ')} was taken`);
};

describe('a command line', () => {
  it('has the options of kubectl, in any place and form', () => {
    const line = '-n ci explain --context=prod ecr/x -ojson --timeout 1m30s';
    const { command, operands, options } = parseArguments(line.split(' '));
    expect({ command, operands }).toEqual({ command: 'explain', operands: ['ecr/x'] });
    expect(options).toMatchObject({ namespace: 'ci', context: 'prod', output: 'json', timeoutMs: 90_000 });
  });

  it('has switches by name, by letter, and with a value', () => {
    expect(parseArguments(['get', '-A']).options.allNamespaces).toBe(true);
    expect(parseArguments(['docker-config', 'x', '--show']).options.show).toBe(true);
    expect(parseArguments(['refresh', 'x']).options.wait).toBe(true);
    expect(parseArguments(['refresh', 'x', '--wait=false']).options.wait).toBe(false);
  });

  it('has letters with an equals sign, and switches and values in one word, as kubectl', () => {
    expect(parseArguments(['get', '-n=ci', '-o=yaml']).options).toMatchObject({
      namespace: 'ci',
      output: 'yaml',
    });
    expect(parseArguments(['get', '-Ao', 'json']).options).toMatchObject({
      allNamespaces: true,
      output: 'json',
    });
    expect(parseArguments(['get', '-Aojson']).options.output).toBe('json');
  });

  it('may name several files, and of other options the last counts', () => {
    const { options } = parseArguments(['test', '-f', 'a.yaml', '-fb.yaml', '-n', 'x', '-n', 'ci']);
    expect(options).toMatchObject({ filenames: ['a.yaml', 'b.yaml'], namespace: 'ci' });
  });

  it('names an object in one word or in two', () => {
    expect(parseArguments(['explain', 'ecr', 'prod']).operands).toEqual(['ecr/prod']);
    expect(parseArguments(['explain', 'prod', 'staging']).operands).toEqual(['prod', 'staging']);
    expect(parseArguments(['get', 'ecr', 'prod']).operands).toEqual(['ecr', 'prod']);
  });

  it('asks for help and version in every way that people try', () => {
    expect(parseArguments([]).command).toBe('help');
    expect(parseArguments(['--help']).command).toBe('help');
    expect(parseArguments(['get', '-h'])).toMatchObject({ command: 'help', operands: ['get'] });
    expect(parseArguments(['--version']).command).toBe('version');
  });

  it.each<[string, string[], RegExp]>([
    ['an unknown command', ['got'], /no command "got"/],
    ['an unknown option', ['get', '--al'], /Unknown option '--al'/],
    ['an option of another command', ['get', '--show'], /get has no option --show/],
    ['an option without its value', ['get', '-n'], /-n, --namespace.* argument missing/],
    ['the timeout of kubectl', ['get', '--request-timeout=5s'], /--timeout is for the whole command/],
    ['a format that there is not', ['get', '-o', 'xml'], /--output: "xml" is none of json, yaml, wide/],
    ['a time that is none', ['get', '--timeout=soon'], /--timeout: "soon" is no duration/],
    [
      'a switch that is neither',
      ['refresh', 'x', '--wait=maybe'],
      /--wait: "maybe" is neither true nor false/,
    ],
  ])('with %s is refused with exit code 2 and what is allowed', (_what, argv, message) => {
    const { code, message: said } = failure(argv);
    expect(code).toBe(2);
    expect(said).toMatch(message);
    expect(said).toContain('see kubectl ecr help');
  });
});

describe('the help', () => {
  it('names every command and option', () => {
    const lines = helpLines(undefined);
    for (const { name } of commandTable) expect(lines.some((l) => l.startsWith(`  ${name}`))).toBe(true);
    for (const { name } of optionTable) expect(lines.some((l) => l.includes(`--${name}`))).toBe(true);
  });

  it('of a command has its options and no others', () => {
    const text = helpLines('docker-config').join('\n');
    expect(text).toContain('--show');
    expect(text).not.toContain('--wait');
    expect(() => helpLines('nothing')).toThrow('no command');
  });
});
