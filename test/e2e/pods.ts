import { randomUUID } from 'node:crypto';
import type { KubeObject } from '../../src/kube/object.ts';
import { events } from '../../src/kube/object.ts';
import { runProgram } from '../chart/helm.ts';
import { registryNames } from '../support/node/network.ts';
import { waitFor } from '../support/wait-for.ts';
import { authority, type E2e } from './fixture.ts';
import { type Container, type Pod, pods, type PodSpec } from './resources.ts';

/** A pod that the Pod Security Standard "restricted" admits; it knows the registry, and dies at once when it is to. */
export function restrictedPod(container: Omit<Container, 'name'>, spec: Partial<PodSpec> = {}): PodSpec {
  return {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    securityContext: { runAsNonRoot: true, runAsUser: 65_532, seccompProfile: { type: 'RuntimeDefault' } },
    ...spec,
    containers: [{ name: 'main', securityContext: restricted, ...container }],
  };
}

const restricted = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };

/** What a pod needs to reach the registry by its true name: its address, and the authority of its certificate. */
export function reachRegistry({
  cluster,
}: E2e): Pick<PodSpec, 'hostAliases'> & { volumes: NonNullable<PodSpec['volumes']> } {
  return {
    hostAliases: [{ ip: cluster.hostAddress, hostnames: registryNames }],
    volumes: [{ name: 'authority', configMap: { name: authority.configMap } }],
  };
}

/** For a container of such a pod. */
export const trustRegistry = {
  env: [{ name: 'SSL_CERT_FILE', value: `/authority/${authority.key}` }],
  volumeMounts: [{ name: 'authority', mountPath: '/authority', readOnly: true }],
};

/** Creates a pod under a name of its own. */
export async function createPod(
  { client, namespace }: E2e,
  name: string,
  spec: PodSpec,
  labels: Record<string, string> = {},
): Promise<Pod> {
  const metadata = { namespace, name: `${name}-${randomUUID().slice(0, 5)}`, labels };
  return await client.create<Pod>(pods, { metadata, spec });
}

/** The pod that the API server would make of one: what admission adds and refuses shows, and nothing is created. */
export async function admitted(
  { cluster, namespace }: E2e,
  spec: PodSpec,
  labels: Record<string, string> = {},
): Promise<PodSpec> {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace, name: 'never', labels }, spec };
  const options = ['--dry-run=server', '--output=json', '--filename=-'];
  const args = ['--kubeconfig', cluster.controlPlane.adminKubeconfig, 'create', ...options];
  const { code, stdout, stderr } = await runProgram(cluster.kubectl, args, process.env, JSON.stringify(pod));
  if (code !== 0) throw new Error(`the API server does not take the pod: ${stderr}`);
  return (JSON.parse(stdout) as Pod).spec;
}

/** Waits until a pod is in the phase; rejects, with its events and logs, when it ends otherwise. */
export async function podIn(
  e: E2e,
  { metadata: { name } }: Pod,
  phase: 'Running' | 'Succeeded',
): Promise<Pod> {
  const { namespace } = e;
  const probe = async (): Promise<Pod | undefined> => {
    const pod = await e.client.get<Pod>(pods, { namespace, name });
    const now = pod?.status?.phase ?? 'gone';
    return now === phase || ['Failed', 'Succeeded', 'gone'].includes(now) ? pod : undefined;
  };
  const pod = await waitFor(`pod ${name} to be ${phase}`, probe, { timeoutMs: 40_000, everyMs: 50 }).catch(
    async (cause: unknown) => {
      throw new Error(`pod ${name} is not ${phase}:\n${(await eventsOf(e, name)).join('\n')}`, { cause });
    },
  );
  if (pod.status?.phase === phase) return pod;
  throw new Error(`pod ${name} is ${pod.status?.phase}, not ${phase}:\n${await logsOf(e, name)}`);
}

/** Runs a pod to its good end and gives what it printed. */
export async function runPod(
  e: E2e,
  name: string,
  spec: PodSpec,
  labels: Record<string, string> = {},
): Promise<string> {
  const pod = await podIn(e, await createPod(e, name, spec, labels), 'Succeeded');
  return await logsOf(e, pod.metadata.name);
}

async function logsOf({ kubectl, namespace }: E2e, pod: string): Promise<string> {
  return await kubectl('logs', '--namespace', namespace, pod, '--all-containers');
}

interface Event extends KubeObject {
  type: string;
  reason: string;
  note: string;
  regarding: { name: string };
}

/** The events of a pod, as `<type> <reason>: <note>`. */
export async function eventsOf({ client, namespace }: E2e, pod: string): Promise<string[]> {
  const { items } = await client.list<Event>(events, { namespace });
  return items
    .filter(({ regarding }) => regarding.name === pod)
    .map(({ type, reason, note }) => `${type} ${reason}: ${note}`);
}
