import { clusterEcrRegistries } from '../../api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../../api/ecr-pipeline.ts';
import { ecrRegistries } from '../../api/ecr-registry.ts';
import { SingleFlight } from '../../base/single-flight.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, type ObjectKey, parseKey, secrets } from '../../kube/object.ts';

const kinds = [ecrRegistries, ecrPipelines, clusterEcrRegistries];

/** More owners than this are seldom deleted at once; forgetting some costs a few reads. */
const mostRemembered = 1_000;

/**
 * Asks the API server itself whether the owner of a Secret is gone: a cache may lag behind, and what is deleted does not
 * come back. One answer serves all Secrets of an owner, as no UID lives twice.
 */
export class OwnerCheck {
  readonly #client: Pick<KubeClient, 'get'>;
  readonly #flights = new SingleFlight<boolean>();
  readonly #gone = new Set<string>();

  constructor(client: Pick<KubeClient, 'get'>) {
    this.#client = client;
  }

  /** Throws when the API server gives no answer, or does not serve the kind. */
  async isGone(ownerUid: string, secretKey: string): Promise<boolean> {
    if (this.#gone.has(ownerUid)) return true;
    const gone = await this.#flights.run(ownerUid, () => this.#ask(ownerUid, secretKey));
    if (gone) this.#remember(ownerUid);
    return gone;
  }

  async #ask(ownerUid: string, secretKey: string): Promise<boolean> {
    const key = parseKey(secretKey);
    const secret = await this.#client.get<KubeObject>(secrets, key, { metadataOnly: true });
    const reference = secret?.metadata.ownerReferences?.find(({ uid }) => uid === ownerUid);
    const type = kinds.find(({ kind }) => kind === reference?.kind);
    // Without a reference the Secret outlives its owner.
    if (reference === undefined || type === undefined) return false;
    const ownerKey: ObjectKey = type.namespaced ? { ...key, name: reference.name } : { name: reference.name };
    const owner = await this.#client.get<KubeObject>(type, ownerKey, { metadataOnly: true });
    return owner?.metadata.uid !== ownerUid;
  }

  #remember(ownerUid: string): void {
    if (this.#gone.size >= mostRemembered) this.#gone.clear();
    this.#gone.add(ownerUid);
  }
}
