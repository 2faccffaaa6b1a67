import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../api/ecr-pipeline.ts';
import { ecrRegistries } from '../../api/ecr-registry.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { KubeClient } from '../../kube/client.ts';
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
 * Asks the API server itself whether the owner of a Secret is gone: a cache may lag behind, and what is deleted does not
 * come back. One answer serves all Secrets that name the same owner.
 */
export class OwnerCheck {
  readonly #client: Pick<KubeClient, 'get'>;
  readonly #flights = new SingleFlight<boolean>();
  readonly #gone = new Set<string>();

  constructor(client: Pick<KubeClient, 'get'>) {
    this.#client = client;
  }

  /** False for owners of other kinds. Throws when the API server gives no answer, or does not serve the kind. */
  async isGone({ kind, name, uid, namespace }: OwnerOfSecret): Promise<boolean> {
    const type = kinds.find((each) => each.kind === kind);
    if (type === undefined) return false;
    const key: ObjectKey = type.namespaced ? { namespace, name } : { name };
    const id = `${kind} ${key.namespace ?? ''}/${name} ${uid}`;
    if (this.#gone.has(id)) return true;
    const gone = await this.#flights.run(id, async () => {
      const owner = await this.#client.get<KubeObject>(type, key, { metadataOnly: true });
      return owner?.metadata.uid !== uid;
    });
    if (gone) this.#remember(id);
    return gone;
  }

  #remember(id: string): void {
    if (this.#gone.size >= mostRemembered) this.#gone.clear();
    this.#gone.add(id);
  }
}
