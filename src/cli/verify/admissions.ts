import { ecrRegistries } from '../../api/ecr-registry.ts';
import type { Clock } from '../../base/clock.ts';
import type { KubeObject, ObjectKey, ResourceType } from '../../kube/object.ts';
import type { ListOptions, ListResult, ReadOptions } from '../../kube/client.ts';
import type { Connection } from '../connection.ts';
import type { Reader } from './draft-plan.ts';
import { type Admission, dryRun } from './dry-run.ts';
import type { Draft } from './read-file.ts';

/** A draft and where it belongs. */
export interface PlacedDraft {
  readonly draft: Draft;
  readonly namespace: string;
}

/** What the API server says of the objects of a file, each asked once. */
export interface Admissions {
  of(placed: PlacedDraft): Promise<Admission & { readonly durationMs: number }>;
  /** The cluster as it would be with the registries of the file in it. */
  readonly reader: Reader;
}

/** Asks nothing yet. */
export function createAdmissions(all: readonly PlacedDraft[], cluster: Connection, clock: Clock): Admissions {
  const asked = new Map<PlacedDraft, ReturnType<Admissions['of']>>();
  const ask = async ({ draft, namespace }: PlacedDraft): ReturnType<Admissions['of']> => {
    const started = clock.now();
    const admission = await dryRun(draft, namespace, cluster);
    return { ...admission, durationMs: clock.now() - started };
  };
  const of = (placed: PlacedDraft): ReturnType<Admissions['of']> => {
    const answer = asked.get(placed) ?? ask(placed);
    asked.set(placed, answer);
    return answer;
  };
  /** As it would be stored; undefined where it would not. */
  const admitted = async (placed: PlacedDraft): Promise<KubeObject | undefined> => {
    const admission = await of(placed);
    return admission.kind === 'admitted' ? admission.subject.object : undefined;
  };
  const registries = all.filter(({ draft }) => draft.kind === ecrRegistries.kind);
  return { of, reader: readerOver(cluster.client, registries, admitted) };
}

function readerOver(
  client: Reader,
  registries: readonly PlacedDraft[],
  admitted: (placed: PlacedDraft) => Promise<KubeObject | undefined>,
): Reader {
  const draftsIn = (type: ResourceType, namespace: string | undefined): readonly PlacedDraft[] =>
    type.kind === ecrRegistries.kind ? registries.filter((one) => one.namespace === namespace) : [];
  return {
    async get<T extends KubeObject>(type: ResourceType, key: ObjectKey, o?: ReadOptions) {
      const draft = draftsIn(type, key.namespace).find((one) => one.draft.object.metadata.name === key.name);
      const found = draft && (await admitted(draft));
      return found === undefined ? client.get<T>(type, key, o) : (found as T);
    },
    async list<T extends KubeObject>(type: ResourceType, o?: ListOptions): Promise<ListResult<T>> {
      const saved = await client.list<T>(type, o);
      const drafts = await Promise.all(draftsIn(type, o?.namespace).map(admitted));
      const added = drafts.filter((one) => one !== undefined) as T[];
      const names = new Set(added.map(({ metadata }) => metadata.name));
      return {
        ...saved,
        items: [...saved.items.filter(({ metadata }) => !names.has(metadata.name)), ...added],
      };
    },
  };
}
