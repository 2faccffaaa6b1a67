import { describe, expect, it } from 'vitest';
import { completionScripts } from '../../src/cli/completion/scripts.ts';
import { wantedAt } from '../../src/cli/completion/wanted.ts';
import { commandTable } from '../../src/cli/option-table.ts';
import { cli } from './cli.ts';

describe('what may stand at the end of a command line', () => {
  it.each<[string[], string]>([
    [['explain', ''], 'objects'],
    [['explain', '-n', ''], 'namespaces'],
    [['get', '--context', 'p'], 'contexts'],
    [['test', '-f', ''], 'files'],
    [['get', '--kubeconfig', ''], 'files'],
    [['get', '--timeout', ''], 'nothing'],
    [['demo', ''], 'nothing'],
  ])('%j: %s', (words, kind) => expect(wantedAt(words).kind).toBe(kind));

  it('is a command at first, and then an option that the command has', () => {
    expect(wantedAt([''])).toEqual({ kind: 'words', words: commandTable.map(({ name }) => name) });
    const options = wantedAt(['get', '-']);
    expect(options).toMatchObject({
      words: expect.arrayContaining(['--all-namespaces', '--namespace']) as string[],
    });
    expect(options).not.toMatchObject({ words: expect.arrayContaining(['--show']) as string[] });
  });
});

describe('completion scripts', () => {
  it('come for each shell that the help names', async () => {
    const { operands } = commandTable.find(({ name }) => name === 'completion') ?? { operands: '' };
    expect([...completionScripts.keys()].join('|')).toBe(operands);
    for (const [shell, script] of completionScripts)
      expect(await cli(['completion', shell])).toEqual({ code: 0, out: script, err: '' });
    expect(await cli(['completion', 'csh'])).toMatchObject({ code: 2 });
  });
});

describe('what needs no cluster', () => {
  it('is answered without one', async () => {
    expect(await cli(['version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect((await cli(['demo'])).out).toContain('make demo');
    expect((await cli(['help', 'test'])).out).toContain('-f, --filename');
    expect((await cli(['explain'])).err).toContain('explain takes NAME');
    expect((await cli(['explain', 'a', 'b'])).err).toContain('too many arguments: b');
  });

  it('is all that an unreadable kubeconfig leaves to complete', async () => {
    expect((await cli(['__complete', 'explain', ''], { kubeconfig: '/nonexistent' })).out).toBe(':4\n');
  });
});
