import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { KubeClient } from '../src/kube/client.ts';
import { type KubeObject, type ResourceType, serviceAccounts } from '../src/kube/object.ts';
import { type LocalAws, startLocalAws } from '../test/support/aws/index.ts';
import { type ControlPlane, startControlPlane } from '../test/support/controlplane/controlplane.ts';
import { asInPod } from './as-in-pod.ts';
import { installCrds } from '../test/support/install-crds.ts';
import { kubeClient } from '../test/support/kube-client.ts';
import { type OperatorProcess, startOperator } from '../test/support/operator-process.ts';

const root = join(import.meta.dirname, '..');

/** As the Dockerfile starts it, in a container of 128 MiB. */
const asInTheImage = [
  '--expose-gc',
  '--memory-saver-mode',
  '--min-semi-space-size=2',
  '--max-semi-space-size=2',
  '--max-old-space-size=77',
];

/** What every benchmark runs on: a real API server, the local AWS, and the operator as it ships. */
export interface Testbed {
  controlPlane: ControlPlane;
  aws: LocalAws;
  client: KubeClient;
  /** Starts the bundle. */
  operator(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
  stop(): Promise<void>;
}

export async function startTestbed(latencyMs: number): Promise<Testbed> {
  execFileSync(process.execPath, ['tools/bundle.ts'], { cwd: root, stdio: 'inherit' });
  const controlPlane = await startControlPlane({ log: (line) => console.log(line) });
  const jwks = () => controlPlane.jwks();
  const aws = await startLocalAws({ issuer: controlPlane.issuer, jwks });
  aws.settings.update({ latencyMs });
  const client = await kubeClient(controlPlane.adminKubeconfig);
  await installCrds(client);
  await createOperatorAccount(client);
  const pod = await asInPod(controlPlane, 'default/ecr-operator');
  if (pod === undefined)
    console.log('not allowed to mount: the operator reads a kubeconfig, which takes 10 MB more');
  const access = pod ?? { kubeconfig: controlPlane.adminKubeconfig };
  const running: OperatorProcess[] = [];
  return {
    controlPlane,
    aws,
    client,
    async operator(args = [], env = {}) {
      const operator = await startOperator({
        ...access,
        entry: 'dist/main.mjs',
        nodeArgs: asInTheImage,
        env: { ...aws.env, ...pod?.env, MALLOC_ARENA_MAX: '1', ...env },
        args: ['--leader-election-namespace=default', ...args],
      });
      running.push(operator);
      await operator.ready();
      return operator;
    },
    async stop() {
      await Promise.all(running.filter((o) => o.running).map((o) => o.stop()));
      client.close();
      await aws.stop();
      await controlPlane.stop();
    },
  };
}

/** Who the operator is to the API server. */
async function createOperatorAccount(client: KubeClient): Promise<void> {
  const name = 'ecr-operator';
  await client.create<KubeObject>(serviceAccounts, { metadata: { namespace: 'default', name } });
  const binding = {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'default', name }],
  };
  await client.create(clusterRoleBindings, binding);
}

const clusterRoleBindings: ResourceType = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  plural: 'clusterrolebindings',
  namespaced: false,
};

/** A service account and the IAM role that trusts it. */
export async function addIdentity({ client, aws }: Testbed, namespace: string, name: string): Promise<void> {
  const role = `arn:aws:iam::111122223333:role/${namespace}-${name}`;
  const subjects = [`system:serviceaccount:${namespace}:${name}`];
  aws.iam.role({ arn: role, trust: [{ kind: 'web-identity', subjects }] });
  const annotations = { 'eks.amazonaws.com/role-arn': role };
  await client.create<KubeObject>(serviceAccounts, { metadata: { namespace, name, annotations } });
}

/** One line about the machine, for the head of a table of figures. */
export function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'CPU'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}; API server, AWS and operator share it`;
}
