import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../api/ecr-pipeline.ts';
import { ecrRegistries } from '../../api/ecr-registry.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, parseKey, type ResourceType, secrets } from '../../kube/object.ts';
import type { Leg } from '../../verification/plan.ts';
import type { ControllerDeps } from '../controller.ts';
import { observe, selectFor } from '../ecr-pipeline/observe.ts';
import { type Lookups, observeRegistry } from '../observe-registry.ts';
import type { StatusCache } from '../view/status-cache.ts';
import type { SharedStatus, VerifiedPart } from '../view/status-parts.ts';
import type { Verifiable } from './due.ts';
import { legsOfPipeline } from './pipeline-legs.ts';
import { legsOfRegistry, type Source, unknownLeg } from './registry-legs.ts';

/** An object that can be verified, as it was when it was looked at. */
export interface Subject {
  readonly object: KubeObject & Verifiable & { status?: SharedStatus };
  /** Its stages, from what the cluster is now. Rejects with the reason of `signal` only: that it cannot be read is a stage. */
  legs(signal: AbortSignal): Promise<Leg[]>;
  write(part: VerifiedPart, signal: AbortSignal): Promise<void>;
}

/** A kind whose objects can be verified. */
export interface SubjectKind {
  readonly kind: string;
  find(key: string): Subject | undefined;
  entries(): Iterable<[key: string, object: Verifiable]>;
}

type Deps = Pick<ControllerDeps, 'client' | 'view' | 'settings'>;

/** All kinds that can be verified. */
export function subjectKinds({ client, view, settings }: Deps): SubjectKind[] {
  const lookups: Lookups = {
    serviceAccount: view.serviceAccount,
    keySecretVersion: (key, signal) => keySecretVersion(client, key, signal),
  };
  return [
    subjectKind(client, ecrRegistries, view.registries, async (registry, signal) => {
      const where = {
        identityNamespace: registry.metadata.namespace,
        mayUseOperatorIdentity: settings.allowOperatorIdentity,
      };
      return legsOfRegistry(await observeRegistry(registry, where, settings, lookups, signal));
    }),
    subjectKind(client, clusterEcrRegistries, view.clusterRegistries, async (registry, signal) => {
      // Only administrators write cluster registries.
      const where = { identityNamespace: settings.clusterIdentityNamespace, mayUseOperatorIdentity: true };
      return legsOfRegistry(await observeRegistry(registry, where, settings, lookups, signal));
    }),
    subjectKind(client, ecrPipelines, view.pipelines, async (pipeline, signal) => {
      const known = { ...view, ...lookups };
      const selection = selectFor(pipeline, settings, known);
      return legsOfPipeline(await observe(pipeline, settings, known, selection, signal));
    }),
  ];
}

type Verified<S> = KubeObject &
  Verifiable & { metadata: { uid: string }; spec: { credentials?: { source: Source } }; status?: S };

function subjectKind<S extends SharedStatus, T extends Verified<S>>(
  client: Pick<KubeClient, 'apply'>,
  type: ResourceType,
  cache: StatusCache<S, T>,
  legsOf: (object: T, signal: AbortSignal) => Promise<Leg[]>,
): SubjectKind {
  return {
    kind: type.kind,
    find(key) {
      const object = cache.get(key);
      if (object === undefined) return undefined;
      return {
        object,
        legs: (signal) => legsOrWhy(object, () => legsOf(object, signal), signal),
        write: (part, signal) => cache.applyVerified(client, type, object, part, signal),
      };
    },
    entries: () => cache.entries(),
  };
}

/** Whoever asked for a verification is told why it cannot even begin, once: asking again is for people. */
async function legsOrWhy(
  { spec }: { spec: { credentials?: { source: Source } } },
  read: () => Promise<Leg[]>,
  signal: AbortSignal,
): Promise<Leg[]> {
  try {
    return await read();
  } catch (error) {
    signal.throwIfAborted();
    return [unknownLeg(spec.credentials?.source, error as Error)];
  }
}

/** Read and not watched: the watch of a key belongs to the reconcile. */
async function keySecretVersion(
  client: Pick<KubeClient, 'get'>,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await client.get<KubeObject>(secrets, parseKey(key), { metadataOnly: true, signal });
  return found?.metadata.resourceVersion;
}
