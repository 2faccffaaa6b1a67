import { randomUUID } from 'node:crypto';
import { afterAll, inject } from 'vitest';
import type { KubeClient } from '../../src/kube/client.ts';
import { type KubeObject, namespaces, type ResourceType, serviceAccounts } from '../../src/kube/object.ts';
import { type LocalAws, startLocalAws } from '../support/aws/index.ts';
import type { TrustStatement } from '../support/aws/trust.ts';
import {
  attachControlPlane,
  type AttachedControlPlane,
  type ControlPlaneInfo,
  kubeconfigFor,
} from '../support/controlplane/attach.ts';
import { installCrds } from '../support/install-crds.ts';
import { kubeClient } from '../support/kube-client.ts';
import { type OperatorProcess, startOperator } from '../support/operator-process.ts';

/** A namespace, an AWS and operators of a test file's own; all of it ends with the file. */
export interface Fixture {
  readonly namespace: string;
  readonly controlPlane: ControlPlaneInfo;
  /** With all rights. */
  readonly client: KubeClient;
  readonly aws: LocalAws;
  /** User name of the operators in the audit log, and the kubeconfig that they use. */
  readonly operatorUser: string;
  readonly operatorKubeconfig: string;
  /** Kubeconfig of the operators. */
  readonly kubeconfig: string;
  /** Every operator that was started, the stopped ones too. */
  readonly operators: readonly OperatorProcess[];
  /** Starts an operator for the namespace and waits until it is ready. */
  startOperator(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
  /** Makes a service account and an IAM role that trusts it; gives the ARN of the role. */
  puller(name: string, options?: PullerOptions): Promise<string>;
}

export interface PullerOptions {
  readonly account?: string;
  /** Default: the service account is trusted, with the audience of STS. */
  readonly trust?: readonly TrustStatement[];
  readonly allow?: readonly string[];
}

export const account = '111122223333';
export const roleAnnotation = 'eks.amazonaws.com/role-arn';
export const ecrRoleAnnotation = 'eks.amazonaws.com/ecr-role-arn';

const roleBindings: ResourceType = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  plural: 'rolebindings',
  namespaced: true,
};

/** To be awaited at the top of a test file. Without `own` the control plane is the one that all files share. */
export async function createFixture(own?: AttachedControlPlane): Promise<Fixture> {
  const controlPlane = own ?? attachControlPlane(inject('controlPlane'));
  const client = await kubeClient(controlPlane.adminKubeconfig);
  const aws = await startLocalAws({ issuer: controlPlane.issuer, jwks: () => controlPlane.jwks() });
  const operators: OperatorProcess[] = [];
  const namespace = `operator-${randomUUID().slice(0, 8)}`;
  afterAll(async () => {
    await Promise.all(operators.filter((o) => o.running).map((o) => o.kill()));
    await client.delete(namespaces, { name: namespace });
    client.close();
    await aws.stop();
  });
  await installCrds(client);
  await client.create<KubeObject>(namespaces, { metadata: { name: namespace } });
  await createOperatorUser(client, namespace);
  const kubeconfig = await kubeconfigFor(controlPlane, { serviceAccount: `${namespace}/operator` });
  return {
    namespace,
    controlPlane,
    client,
    aws,
    operatorUser: `system:serviceaccount:${namespace}:operator`,
    operatorKubeconfig: kubeconfig,
    kubeconfig,
    operators,
    async startOperator(args = [], env = {}) {
      const operator = await startOperator({
        kubeconfig,
        env: { ...aws.env, ...env },
        args: [`--watch-namespace=${namespace}`, '--leader-elect=false', '--log-level=debug', ...args],
      });
      operators.push(operator);
      await operator.ready();
      return operator;
    },
    async puller(name, options = {}) {
      const arn = addRole(aws, namespace, name, options);
      await createServiceAccount(client, namespace, name, { [roleAnnotation]: arn });
      return arn;
    },
  };
}

/** All rights in its namespace and none elsewhere; its writes are told apart from those of others by its name. */
async function createOperatorUser(client: KubeClient, namespace: string): Promise<void> {
  await createServiceAccount(client, namespace, 'operator');
  const binding = {
    metadata: { namespace, name: 'operator' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', namespace, name: 'operator' }],
  };
  await client.create(roleBindings, binding);
}

export async function createServiceAccount(
  client: KubeClient,
  namespace: string,
  name: string,
  annotations: Record<string, string> = {},
): Promise<void> {
  await client.create<KubeObject>(serviceAccounts, { metadata: { namespace, name, annotations } });
}

/** An IAM role named after a service account that it trusts. */
export function addRole(
  aws: LocalAws,
  namespace: string,
  serviceAccount: string,
  { account: id = account, trust = [trustIn(namespace, serviceAccount)], allow }: PullerOptions = {},
): string {
  const arn = `arn:aws:iam::${id}:role/${serviceAccount}`;
  aws.iam.role({ arn, trust, ...(allow === undefined ? {} : { allow }) });
  return arn;
}

/** The trust that IRSA asks for. */
export function trustIn(namespace: string, serviceAccount: string): TrustStatement {
  const subjects = [`system:serviceaccount:${namespace}:${serviceAccount}`];
  return { kind: 'web-identity', subjects, audience: 'sts.amazonaws.com' };
}
