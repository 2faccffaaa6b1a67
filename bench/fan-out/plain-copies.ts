import { type KubeObject, secrets } from '../../src/kube/object.ts';
import { apiRequest } from '../../test/support/controlplane/api-request.ts';
import { minimalClient } from '../minimal-client.ts';
import type { Testbed } from '../testbed.ts';
import { inParallel } from './in-parallel.ts';

interface Secret extends KubeObject {
  type: string;
  data: Record<string, string>;
}

/** As many as the operator keeps to the API server. */
const connections = 32;

/**
 * Copies of a Secret of the operator's that nobody looks after, in namespaces that no registry selects. How fast they are
 * written is the ceiling for the operator, which writes the same.
 */
export class PlainCopies {
  readonly #bed: Testbed;
  readonly #model: Secret;
  readonly #namespaces: readonly string[];
  readonly #count: number;
  #round = 0;

  private constructor(bed: Testbed, model: Secret, namespaces: readonly string[], count: number) {
    this.#bed = bed;
    this.#model = model;
    this.#namespaces = namespaces;
    this.#count = count;
  }

  static async of(
    bed: Testbed,
    model: { namespace: string; name: string },
    namespaces: readonly string[],
    count: number,
  ): Promise<PlainCopies> {
    const found = await bed.client.get<Secret>(secrets, model);
    if (found === undefined) throw new Error(`there is no Secret ${model.namespace}/${model.name}`);
    return new PlainCopies(bed, found, namespaces, count);
  }

  /** Creates the copies of this name; gives how many in a second. */
  createAll(copy: string): Promise<number> {
    const { type, data, metadata } = this.#model;
    const { annotations, ownerReferences } = metadata;
    // As many labels as the model has, but not those that the operator watches.
    const labels = { 'app.kubernetes.io/part-of': 'benchmark', 'app.kubernetes.io/component': copy };
    const more = { annotations, ownerReferences, labels };
    return this.#writeAll('POST', copy, (name) => ({ type, data, metadata: { name, ...more } }));
  }

  /** Patches the copies of this name as a renewal does: data and two annotations; gives how many in a second. */
  patchAll(copy: string): Promise<number> {
    const { type, data, metadata } = this.#model;
    // A patch that changes nothing is not stored.
    const annotations = { ...metadata.annotations, 'fan-out/round': String((this.#round += 1)) };
    return this.#writeAll('PATCH', copy, () => ({ type, data, metadata: { annotations } }));
  }

  async deleteAll(): Promise<void> {
    const { adminKubeconfig } = this.#bed.controlPlane;
    await inParallel(this.#namespaces, 8, (namespace) =>
      apiRequest(adminKubeconfig, pathOf(namespace), { method: 'DELETE', timeoutMs: 60_000 }),
    );
  }

  async #writeAll(method: 'POST' | 'PATCH', copy: string, body: (name: string) => object): Promise<number> {
    const { send, close } = minimalClient(this.#bed.controlPlane.adminKubeconfig, connections);
    const started = performance.now();
    await inParallel(this.#places(copy), connections, ([namespace, name]) =>
      send(method, method === 'POST' ? pathOf(namespace) : `${pathOf(namespace)}/${name}`, body(name)),
    );
    const seconds = (performance.now() - started) / 1000;
    close();
    return this.#count / seconds;
  }

  *#places(copy: string): Generator<[namespace: string, name: string]> {
    for (let i = 0; i < this.#count; i++) {
      const namespace = this.#namespaces[i % this.#namespaces.length] ?? '';
      yield [namespace, `${copy}-${Math.floor(i / this.#namespaces.length)}`];
    }
  }
}

function pathOf(namespace: string): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
