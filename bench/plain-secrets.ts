import { type KubeObject, namespaces, secrets } from '../src/kube/object.ts';
import { minimalClient, type Send } from './minimal-client.ts';
import type { Testbed } from './testbed.ts';

interface Secret extends KubeObject {
  type: string;
  data: Record<string, string>;
}

/**
 * Secrets of the same content and size as one of the operator's, which nobody looks after: writing them is the ceiling of
 * writing the operator's.
 */
export class PlainSecrets {
  /** `namespace/name` of each. */
  readonly keys: readonly string[];
  readonly #names: readonly string[];
  readonly #model: Secret;
  readonly #send: Send;
  readonly close: () => void;
  #round = 0;

  private constructor(model: Secret, count: number, client: ReturnType<typeof minimalClient>) {
    this.#names = Array.from({ length: count }, (_, i) => `plain-${i}`);
    this.keys = this.#names.map((name) => `${namespace}/${name}`);
    this.#model = model;
    this.#send = client.send;
    this.close = client.close;
  }

  /** Takes a Secret as the model; writes over so many connections. */
  static async like(
    { client, controlPlane }: Testbed,
    { from, name }: { from: string; name: string },
    { count, connections }: { count: number; connections: number },
  ): Promise<PlainSecrets> {
    const model = await client.get<Secret>(secrets, { namespace: from, name });
    if (model === undefined) throw new Error(`there is no Secret ${from}/${name}`);
    await client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
    return new PlainSecrets(model, count, minimalClient(controlPlane.adminKubeconfig, connections));
  }

  async createAll(): Promise<void> {
    const { type, data, metadata } = this.#model;
    const { annotations } = metadata;
    await Promise.all(
      this.#names.map((name) => this.#send('POST', path(), { type, data, metadata: { name, annotations } })),
    );
  }

  /** Renews the data and an annotation, as a refresh does; `reading` each before, to carry over other logins. */
  async patchAll({ reading }: { reading: boolean }): Promise<void> {
    const { type, data, metadata } = this.#model;
    // A patch that changes nothing is not stored.
    const annotations = { ...metadata.annotations, round: String((this.#round += 1)) };
    const body = { type, data, metadata: { annotations } };
    const patch = async (name: string): Promise<void> => {
      if (reading) await this.#send('GET', `${path()}/${name}`);
      await this.#send('PATCH', `${path()}/${name}`, body);
    };
    await Promise.all(this.#names.map(patch));
  }
}

const namespace = 'plain';

function path(): string {
  return `/api/v1/namespaces/${namespace}/secrets`;
}
