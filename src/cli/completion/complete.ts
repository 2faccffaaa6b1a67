import { namespaces, type KubeObject } from '../../kube/object.ts';
import { type ClusterOptions, parseArguments } from '../arguments.ts';
import { connect, type Connection } from '../connection.ts';
import type { Io } from '../io.ts';
import { kinds, operandText } from '../kinds.ts';
import { type Wanted, wantedAt } from './wanted.ts';

/** Nobody waits longer for a completion. */
const timeoutMs = 3_000;

/** Prints the candidates for the last word and a directive, as shells and kubectl ask for them. Never fails. */
export async function complete(words: readonly string[], io: Io): Promise<void> {
  const current = words.at(-1) ?? '';
  const wanted = wantedAt(words);
  const all = await candidates(wanted, words, io).catch(() => []);
  const fitting = all.filter((word) => word.startsWith(current));
  const directive = wanted.kind === 'files' ? ':0' : ':4';
  io.out.write([...fitting, directive].map((line) => `${line}\n`).join(''));
}

async function candidates(wanted: Wanted, words: readonly string[], io: Io): Promise<readonly string[]> {
  if (wanted.kind === 'words') return wanted.words;
  if (wanted.kind === 'nothing' || wanted.kind === 'files') return [];
  const options = optionsIn(words);
  if (wanted.kind === 'contexts') return contextNames(options);
  const cluster = await connect(options, io);
  try {
    return wanted.kind === 'namespaces' ? await namespaceNames(cluster) : await objectNames(cluster);
  } finally {
    cluster.close();
  }
}

/** Which cluster is meant, as far as the words before the last one say so. */
function optionsIn(words: readonly string[]): ClusterOptions {
  try {
    return { ...parseArguments(words.slice(0, -1)).options, timeoutMs };
  } catch {
    return { namespace: undefined, context: undefined, kubeconfig: undefined, timeoutMs };
  }
}

async function contextNames({ kubeconfig }: ClusterOptions): Promise<string[]> {
  const { loadKubeConfig } = await import('../../kube/credentials-kubeconfig.ts');
  return loadKubeConfig({ file: kubeconfig })
    .getContexts()
    .map(({ name }) => name);
}

async function namespaceNames({ client, signal }: Connection): Promise<string[]> {
  const { items } = await client.list<KubeObject>(namespaces, { metadataOnly: true, signal });
  return items.map(({ metadata }) => metadata.name);
}

/** A name that several kinds have is offered with its kind. */
async function objectNames({ client, signal, namespace }: Connection): Promise<string[]> {
  const lists = await Promise.allSettled(
    kinds.map(async ({ type }) => {
      const where = type.namespaced ? { namespace } : {};
      const { items } = await client.list<KubeObject>(type, { ...where, metadataOnly: true, signal });
      return items.map(({ metadata }) => ({ kind: type.kind, name: metadata.name }));
    }),
  );
  const found = lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
  return found.map(({ kind, name }) =>
    found.filter((other) => other.name === name).length === 1 ? name : operandText(kind, name),
  );
}
