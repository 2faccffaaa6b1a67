import { chartFolder, createHelm } from '../chart/helm.ts';
import { runCommand } from '../support/controlplane/run-command.ts';
import type { E2eCluster } from './cluster.ts';
import { operatorImage } from './settings.ts';

/** The release of the chart: its name, its namespace, and so the name of its Deployment, Lease and ServiceAccount. */
export const release = { name: 'ecr-operator', namespace: 'ecr-operator' } as const;

/** Port of the AWS API on the host address; the registry has 443. */
export const awsPort = 4566;

/** In the environment of the operator, where nothing may repeat it. */
export const environmentCanary = 'canary-in-the-environment-of-the-operator';

/** Installs the chart as a user does, into a namespace that takes restricted pods only; resolves when its pod is ready. */
export async function installOperator(cluster: E2eCluster): Promise<void> {
  const { kubectl, controlPlane } = cluster;
  const { name, namespace } = release;
  const kubeconfig = ['--kubeconfig', controlPlane.adminKubeconfig];
  const run = (...args: string[]): Promise<string> => runCommand(kubectl, [...kubeconfig, ...args]);
  await run('create', 'namespace', namespace);
  await run('label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted');
  const helm = await createHelm(controlPlane.adminKubeconfig);
  const values = await helm.values(releaseValues(cluster));
  await helm.run('install', name, chartFolder, '--namespace', namespace, ...values);
  try {
    await run('rollout', 'status', `deployment/${name}`, '--namespace', namespace, '--timeout=50s');
  } catch (cause) {
    const pods = await run('describe', 'pods', '--namespace', namespace);
    throw new Error(`the operator's pod is not ready:\n${pods.slice(-3000)}`, { cause });
  }
}

/** Turns the injection of logins into labelled pods on, as a user of the release does it. */
export async function enableInjection({ controlPlane }: E2eCluster): Promise<void> {
  const { name, namespace } = release;
  const helm = await createHelm(controlPlane.adminKubeconfig);
  const values = ['--reuse-values', '--set', 'injection.enabled=true'];
  await helm.run('upgrade', name, chartFolder, '--namespace', namespace, ...values);
}

function releaseValues({ hostAddress }: E2eCluster): Record<string, unknown> {
  const [repository, tag] = operatorImage.split(/:(?=[^:]*$)/);
  const endpoint = `http://${hostAddress}:${awsPort}`;
  const env = {
    AWS_ENDPOINT_URL_STS: endpoint,
    AWS_ENDPOINT_URL_ECR: endpoint,
    AWS_ENDPOINT_URL_ECR_PUBLIC: endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    E2E_CANARY: environmentCanary,
  };
  return {
    image: { repository, tag, pullPolicy: 'Never' },
    log: { level: 'debug' },
    extraEnv: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
  };
}
