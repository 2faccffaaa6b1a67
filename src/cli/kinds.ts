import { clusterEcrRegistries, type ClusterEcrRegistry } from '../api/cluster-ecr-registry.ts';
import { ecrPipelines, type EcrPipeline } from '../api/ecr-pipeline.ts';
import { ecrRegistries, type EcrRegistry } from '../api/ecr-registry.ts';
import { group } from '../api/names.ts';
import { usageError } from './exit-code.ts';

/** A kind of object that the commands are about, and what people may call it. */
export interface Kind {
  readonly type: typeof ecrRegistries | typeof ecrPipelines | typeof clusterEcrRegistries;
  readonly shortName: string;
}

/** In the order in which a bare name is looked for, and in which a table lists them. */
export const kinds: readonly Kind[] = [
  { type: ecrRegistries, shortName: 'ecr' },
  { type: ecrPipelines, shortName: 'ecrp' },
  { type: clusterEcrRegistries, shortName: 'cecr' },
];

/** An object with its kind told apart. */
export type Subject =
  | { readonly kind: 'EcrRegistry'; readonly object: EcrRegistry }
  | { readonly kind: 'EcrPipeline'; readonly object: EcrPipeline }
  | { readonly kind: 'ClusterEcrRegistry'; readonly object: ClusterEcrRegistry };

/** What a person named: `prod`, `ecr/prod`, `ecrregistry.ecr-operator.dev/prod`. */
export interface Operand {
  readonly name: string;
  /** Undefined: any kind that has an object of this name. */
  readonly kind: Kind | undefined;
}

/** Throws a CommandFailure where there is no such kind, or no name. */
export function parseOperand(text: string): Operand {
  const slash = text.indexOf('/');
  const name = text.slice(slash + 1);
  if (name === '' || name.includes('/'))
    throw usageError(`${JSON.stringify(text)} is neither NAME nor KIND/NAME`);
  return { name, kind: slash < 0 ? undefined : kindNamed(text.slice(0, slash)) };
}

/** The kind of this name: kind, plural or short name in any case, with or without the group. */
export function kindNamed(word: string): Kind {
  const found = findKind(word);
  if (found !== undefined) return found;
  const known = kinds.map(({ type }) => type.kind.toLowerCase()).join(', ');
  throw usageError(`there is no kind ${JSON.stringify(word)}: use ${known}`);
}

/** Whether a word names a kind. */
export function isKindName(word: string): boolean {
  return findKind(word) !== undefined;
}

function findKind(word: string): Kind | undefined {
  const [bare = ''] = word.toLowerCase().split(`.${group}`);
  return kinds.find(({ type, shortName }) =>
    [type.kind.toLowerCase(), type.plural, shortName].includes(bare),
  );
}

/** `EcrRegistry ci/prod`, as messages name an object. */
export function describeSubject({ kind, object }: Subject): string {
  const { namespace, name } = object.metadata as { namespace?: string; name: string };
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** `ecrregistry/prod`, as a person would type it. */
export function operandText(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${name}`;
}
