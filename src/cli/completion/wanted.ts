import { commandTable, type Option, optionTable, takesOption } from '../option-table.ts';
import { kinds } from '../kinds.ts';

/** What may stand at the place of the last word. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Objects: NAME and KIND/NAME. */
  | { readonly kind: 'objects' }
  | { readonly kind: 'namespaces' }
  | { readonly kind: 'contexts' }
  | { readonly kind: 'files' }
  | { readonly kind: 'nothing' };

/** Pure: from the words behind `kubectl ecr`, the last one unfinished, to what it may become. */
export function wantedAt(words: readonly string[]): Wanted {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  const pending = optionNamed(before.at(-1) ?? '');
  if (pending?.value !== undefined) return valueOf(pending);
  const command = commandTable.find(({ name }) => before.includes(name));
  if (current.startsWith('-')) {
    const fitting = optionTable.filter((o) => command === undefined || takesOption(command.name, o));
    return { kind: 'words', words: fitting.map(({ name }) => `--${name}`) };
  }
  if (command === undefined) return { kind: 'words', words: commandTable.map(({ name }) => name) };
  switch (command.name) {
    case 'get':
      return { kind: 'words', words: kinds.map(({ type }) => type.kind.toLowerCase()) };
    case 'help':
      return { kind: 'words', words: commandTable.map(({ name }) => name) };
    case 'completion':
      return { kind: 'words', words: command.operands.split('|') };
    case 'demo':
    case 'version':
      return { kind: 'nothing' };
    default:
      return { kind: 'objects' };
  }
}

function optionNamed(word: string): Option | undefined {
  return optionTable.find(
    ({ name, short }) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  );
}

function valueOf({ name, choices }: Option): Wanted {
  if (choices !== undefined) return { kind: 'words', words: choices };
  if (name === 'namespace') return { kind: 'namespaces' };
  if (name === 'context') return { kind: 'contexts' };
  return { kind: name === 'filename' || name === 'kubeconfig' ? 'files' : 'nothing' };
}
