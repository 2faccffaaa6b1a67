import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { z } from 'zod';
import { apiRequest } from '../support/controlplane/api-request.ts';
import type { ControlPlaneInfo } from '../support/controlplane/attach.ts';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { readKubeconfig } from '../support/controlplane/kubeconfig.ts';
import { runCommand } from '../support/controlplane/run-command.ts';
import { registryConfig } from '../support/node/configuration.ts';
import { registryHost, registryNames } from '../support/node/network.ts';
import { stage } from '../support/node/stages.ts';
import type { RunningCluster } from './cluster.ts';
import type { E2eSettings } from './settings.ts';

/** Of this run alone: whatever else is called so is not deleted at its end. */
const name = `ecr-operator-e2e-${process.pid}`;
const node = `${name}-control-plane`;
/** The folder of this run, as the node sees it. */
const mounted = '/ecr-operator-e2e';
const caName = 'registry-ca.pem';

const kind = (...args: string[]): Promise<string> => runCommand('kind', args, { timeoutMs: 300_000 });
const docker = (...args: string[]): Promise<string> => runCommand('docker', args);

/** A cluster that kind makes in Docker, and deletes afterwards. Its node image decides the version of Kubernetes. */
export async function startKindCluster({ images }: E2eSettings): Promise<RunningCluster> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-operator-kind-'));
  const adminKubeconfig = join(dir, 'admin.kubeconfig');
  let created = false;
  const stop = async (): Promise<void> => {
    if (created) await kind('delete', 'cluster', '--name', name, '--kubeconfig', adminKubeconfig);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await refuseExisting();
    // From here on what kind leaves behind of a failed attempt is this run's too.
    created = true;
    await stage('cluster of kind', () => createCluster(dir, adminKubeconfig));
    await stage('images on its node', async () => {
      for (const archive of Object.values(images))
        await kind('load', 'image-archive', archive, '--name', name);
    });
    const hostAddress = await gateway();
    await leadToRegistry(dir, hostAddress);
    const controlPlane = await describe(dir, adminKubeconfig);
    const { kubectl } = await ensureBinaries(['kubectl'], { log: () => undefined });
    return { controlPlane, hostAddress, registryCaFile: join(dir, caName), kubectl, stop };
  } catch (error) {
    // What went wrong first says more than what could not be deleted after it.
    await stop().catch((also: unknown) => console.error(`cluster ${name} may be left: ${String(also)}`));
    throw error;
  }
}

async function refuseExisting(): Promise<void> {
  const clusters = (await kind('get', 'clusters')).split('\n');
  if (clusters.includes(name))
    throw new Error(
      `kind has a cluster ${name}, which an earlier run left: kind delete cluster --name ${name}`,
    );
}

async function createCluster(dir: string, kubeconfig: string): Promise<void> {
  const config = {
    kind: 'Cluster',
    apiVersion: 'kind.x-k8s.io/v1alpha4',
    nodes: [
      { role: 'control-plane', extraMounts: [{ hostPath: dir, containerPath: mounted, readOnly: true }] },
    ],
  };
  const file = join(dir, 'kind.yaml');
  await writeFile(file, stringify(config));
  await kind(
    'create',
    'cluster',
    '--name',
    name,
    '--config',
    file,
    '--kubeconfig',
    kubeconfig,
    '--wait',
    '180s',
  );
}

const Networks = z.array(
  z.object({ IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })) }) }),
);

/** The IPv4 address of this machine in the Docker network of kind. */
async function gateway(): Promise<string> {
  const networks = Networks.parse(JSON.parse(await docker('network', 'inspect', 'kind')));
  const addresses = networks.flatMap(({ IPAM }) => IPAM.Config.flatMap(({ Gateway = '' }) => Gateway));
  const address = addresses.find((each) => /^\d+(\.\d+){3}$/.test(each));
  if (address === undefined) throw new Error('the Docker network "kind" has no IPv4 gateway');
  return address;
}

/** Tells the node where the registry is, and whose certificates to trust for it. */
async function leadToRegistry(dir: string, address: string): Promise<void> {
  await writeFile(join(dir, 'hosts.toml'), registryConfig(`${mounted}/${caName}`));
  const place = `/etc/containerd/certs.d/${registryHost}`;
  const script = `mkdir -p ${place} && cp ${mounted}/hosts.toml ${place}/ &&
    echo '${address} ${registryNames.join(' ')}' >> /etc/hosts`;
  await docker('exec', node, 'sh', '-c', script);
}

async function describe(dir: string, adminKubeconfig: string): Promise<ControlPlaneInfo> {
  const { url, ca } = readKubeconfig(adminKubeconfig);
  const caFile = join(dir, 'ca.pem');
  await writeFile(caFile, ca);
  const { body } = await apiRequest(adminKubeconfig, '/.well-known/openid-configuration');
  const { issuer } = z.object({ issuer: z.string() }).parse(body);
  return { url, adminKubeconfig, caFile, issuer, dir };
}
