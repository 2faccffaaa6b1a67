import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../api/ecr-pipeline.ts';
import { ecrRegistries } from '../../api/ecr-registry.ts';
import type { Clock } from '../../base/clock.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isNotFound } from '../../kube/errors.ts';
import type { KubeObject, ObjectKey, ResourceType } from '../../kube/object.ts';

/** The owner of a Secret, as the Secret says. */
export interface OwnerOfSecret {
  kind: string;
  name: string;
  uid: string;
  /** Namespace of the Secret. */
  namespace: string;
}

const kinds: readonly ResourceType[] = [ecrRegistries, ecrPipelines, clusterEcrRegistries];

/** More owners than this are seldom deleted at once; forgetting some costs a few reads. */
const mostRemembered = 1_000;

/**
 * A kind that has not been served for so long is gone with its CRD, and its objects with it. An API server that lags behind
 * the others answers alike for a moment.
 */
const unservedMs = 10_000;

/**
 * Asks the API server itself whether the owner of a Secret is gone: a cache may lag behind, and what is deleted does not
 * come back. One answer serves all Secrets that name the same owner.
 */
export class OwnerCheck {
  readonly #client: Pick<KubeClient, 'get'>;
  readonly #flights = new SingleFlight<boolean>();
  readonly #gone = new Set<string>();
  /** Kind -> epoch milliseconds since when it has not been served. */
  readonly #unservedSince = new Map<string, number>();
  readonly #clock: Pick<Clock, 'now'>;

  constructor(client: Pick<KubeClient, 'get'>, clock: Pick<Clock, 'now'>) {
    this.#client = client;
    this.#clock = clock;
  }

  /** False for owners of other kinds. Throws when the API server gives no answer, or does not serve the kind just now. */
  async isGone({ kind, name, uid, namespace }: OwnerOfSecret): Promise<boolean> {
    const type = kinds.find((each) => each.kind === kind);
    if (type === undefined) return false;
    const key: ObjectKey = type.namespaced ? { namespace, name } : { name };
    const id = `${kind} ${key.namespace ?? ''}/${name} ${uid}`;
    if (this.#gone.has(id)) return true;
    const gone = await this.#flights.run(id, () => this.#ask(type, key, uid));
    if (gone) this.#remember(id);
    return gone;
  }

  async #ask(type: ResourceType, key: ObjectKey, uid: string): Promise<boolean> {
    try {
      const owner = await this.#client.get<KubeObject>(type, key, { metadataOnly: true });
      this.#unservedSince.delete(type.kind);
      return owner?.metadata.uid !== uid;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const now = this.#clock.now();
      const since = this.#unservedSince.get(type.kind) ?? now;
      this.#unservedSince.set(type.kind, since);
      if (now - since < unservedMs) throw error;
      return true;
    }
  }

  #remember(id: string): void {
    if (this.#gone.size >= mostRemembered) this.#gone.clear();
    this.#gone.add(id);
  }
}
