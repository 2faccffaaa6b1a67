import { clusterEcrRegistries } from '../../../src/api/cluster-ecr-registry.ts';
import { labels } from '../../../src/api/names.ts';
import { type KubeObject, secrets } from '../../../src/kube/object.ts';
import { waitFor } from '../../../test/support/wait-for.ts';
import type { Testbed } from '../../testbed.ts';
import { exactly, noted } from '../figures.ts';
import { hashesOfForeignSecrets } from '../foreign-secrets.ts';
import type { Row } from '../row.ts';
import { fannedOut, foreignSecrets, registry } from '../scene.ts';

const timeoutMs = 120_000;

/** No controller manager runs: it is the operator that deletes. */
export const deletion: Row = {
  name: 'deletion',
  title: 'delete',
  async run(world) {
    const { bed, stage } = world;
    await fannedOut(world);
    await foreignSecrets(world);
    const before = await stage('hashes of the foreign Secrets', () => hashesOfForeignSecrets(bed));
    const started = performance.now();
    await stage('delete', () => deleteAll(bed));
    const seconds = (performance.now() - started) / 1000;
    const after = await stage('hashes of the foreign Secrets again', () => hashesOfForeignSecrets(bed));
    const same = [...before].filter(([key, hash]) => after.get(key) === hash).length;
    return [
      exactly('Secrets of the registry left', await countOwned(bed), 0),
      noted('time for all', seconds, 's'),
      exactly('foreign Secrets byte-identical', same, before.size),
    ];
  },
};

/** Resolves too when they are not gone in time: how many are left is a figure. */
async function deleteAll(bed: Testbed): Promise<void> {
  await bed.client.delete(clusterEcrRegistries, { name: registry });
  const gone = async (): Promise<boolean> => !(await anyOwned(bed));
  await waitFor('all Secrets to be gone', gone, { timeoutMs, everyMs: 200 }).catch(() => undefined);
}

const owned = { labelSelector: `${labels.owner}=${registry}`, metadataOnly: true };

async function anyOwned({ client }: Testbed): Promise<boolean> {
  for await (const { items } of client.listPages<KubeObject>(secrets, { ...owned, pageSize: 1 }))
    return items.length > 0;
  return false;
}

async function countOwned({ client }: Testbed): Promise<number> {
  return (await client.list<KubeObject>(secrets, owned)).items.length;
}
