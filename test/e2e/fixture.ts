import { randomUUID } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { afterAll, inject } from 'vitest';
import { type KubeObject, namespaces } from '../../src/kube/object.ts';
import { addRole, createServiceAccount, type Fixture, roleAnnotation } from '../operator/fixture.ts';
import { type RecordingAws, startRecordingAws } from '../operator/recording-aws.ts';
import { startLocalAws } from '../support/aws/index.ts';
import type { LocalRegistry } from '../support/aws/registry/index.ts';
import { attachControlPlane } from '../support/controlplane/attach.ts';
import { runCommand } from '../support/controlplane/run-command.ts';
import { kubeClient } from '../support/kube-client.ts';
import { forward } from '../support/node/forward.ts';
import { registry } from '../support/node/network.ts';
import type { E2eCluster } from './cluster.ts';
import { awsPort, release } from './operator-release.ts';
import { configMaps } from './resources.ts';

/** A namespace and an AWS of a test file's own. The operator is a pod that all files share. */
export interface E2e extends Fixture {
  readonly cluster: E2eCluster;
  /** Every secret that the operator and AWS sent each other. */
  readonly recorded: RecordingAws;
  /** Runs kubectl as an administrator and gives what it prints. */
  kubectl(...args: readonly string[]): Promise<string>;
}

/** Repository that every AWS of the tests has. */
export const repository = 'team/app';
/** ConfigMap, and its key, with the authority that the registry's certificate comes from. */
export const authority = { configMap: 'registry-authority', key: 'ca.pem' } as const;

/** To be awaited at the top of a test file. Its AWS answers at the addresses that the operator and the pods know. */
export async function createE2e(): Promise<E2e> {
  const cluster = inject('e2eCluster');
  const controlPlane = attachControlPlane(cluster.controlPlane);
  const { adminKubeconfig } = controlPlane;
  const client = await kubeClient(adminKubeconfig);
  const aws = await startLocalAws({ issuer: controlPlane.issuer, jwks: () => controlPlane.jwks() });
  const recorded = await startRecordingAws(aws.endpoint);
  const closeAddresses = await listenForCluster(cluster, recorded.endpoint, aws.registry);
  const namespace = `e2e-${randomUUID().slice(0, 8)}`;
  afterAll(async () => {
    await client.delete(namespaces, { name: namespace });
    client.close();
    await closeAddresses();
    await aws.stop();
  });
  aws.registry.createRepository(registry.account, registry.region, repository);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await client.create<KubeObject>(namespaces, { metadata: { name: namespace, labels } });
  await client.create<KubeObject & { data: object }>(configMaps, {
    metadata: { namespace, name: authority.configMap },
    data: { [authority.key]: await readFile(aws.registry.caFile, 'utf8') },
  });
  return {
    namespace,
    cluster,
    recorded,
    controlPlane,
    client,
    aws,
    operatorUser: `system:serviceaccount:${release.namespace}:${release.name}`,
    operatorKubeconfig: adminKubeconfig,
    kubeconfig: adminKubeconfig,
    operators: [],
    startOperator: () => Promise.reject(new Error('the operator runs as a pod')),
    kubectl: (...args) => runCommand(cluster.kubectl, ['--kubeconfig', adminKubeconfig, ...args]),
    async puller(name, options = {}) {
      const arn = addRole(aws, namespace, name, options);
      await createServiceAccount(client, namespace, name, { [roleAnnotation]: arn });
      return arn;
    },
  };
}

/** Opens the AWS API and the registry to nodes and pods, and makes nodes trust the registry. */
async function listenForCluster(
  { hostAddress: host, registryCaFile }: E2eCluster,
  apiEndpoint: string,
  { port, caFile }: LocalRegistry,
): Promise<() => Promise<void>> {
  const api = Number(new URL(apiEndpoint).port);
  const closers = [
    await forward({ host, port: awsPort }, { host: '127.0.0.1', port: api }),
    await forward({ host, port: 443 }, { host: '127.0.0.1', port }),
  ];
  await copyFile(caFile, registryCaFile);
  return async () => {
    for (const close of closers) await close();
  };
}
