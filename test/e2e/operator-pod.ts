import { type KubeObject, leases } from '../../src/kube/object.ts';
import { busyboxImage } from '../support/node/images.ts';
import { waitFor } from '../support/wait-for.ts';
import type { E2e } from './fixture.ts';
import { release } from './operator-release.ts';
import { podIn } from './pods.ts';
import { type Pod, pods } from './resources.ts';

const { name, namespace } = release;

/** The operator that works. */
export interface Leader {
  readonly pod: string;
  /** In the Lease; each process has one of its own. */
  readonly identity: string;
}

interface Lease extends KubeObject {
  spec: { holderIdentity?: string };
}

/** Waits until an operator holds the Lease and its pod is ready; another process than `not`. */
export async function leader({ client }: E2e, not?: Leader): Promise<Leader> {
  const probe = async (): Promise<Leader | undefined> => {
    const identity = (await client.get<Lease>(leases, { namespace, name }))?.spec.holderIdentity;
    if (identity === undefined || identity === not?.identity) return undefined;
    const { items } = await client.list<Pod>(pods, { namespace });
    const found = items.find((pod) => identity.startsWith(`${pod.metadata.name}_`) && isReady(pod));
    return found && { pod: found.metadata.name, identity };
  };
  return await waitFor('a ready operator to lead', probe, { timeoutMs: 60_000, everyMs: 100 });
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') === true;
}

/** What the operator in the pod has printed so far. */
export async function operatorLog({ kubectl }: E2e, { pod }: Leader): Promise<string> {
  return await kubectl('logs', '--namespace', namespace, pod);
}

/** Deletes its pod, with the second of grace that the kubelet gives at least. */
export async function deletePod({ kubectl }: E2e, { pod }: Leader): Promise<void> {
  await kubectl('delete', 'pod', pod, '--namespace', namespace, '--grace-period=1', '--wait=false');
}

/** Kills its process with SIGKILL, from another pod: nobody inside of its PID namespace can. */
export async function killProcess(e: E2e): Promise<void> {
  const kill = `for p in /proc/[0-9]*; do case "$(cat "$p/cmdline")" in
    /nodejs/bin/node*/app/main.mjs*) kill -9 "\${p#/proc/}" && echo killed ;;
  esac; done`;
  const place = { ...e, namespace: 'default' };
  const killer = await e.client.create<Pod>(pods, {
    metadata: { namespace: place.namespace, name: `killer-of-${e.namespace}` },
    spec: {
      hostPID: true,
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      containers: [
        { name: 'main', image: busyboxImage, imagePullPolicy: 'Never', command: ['sh', '-c', kill] },
      ],
    },
  });
  await podIn(place, killer, 'Succeeded');
}

/** Runs JavaScript beside the operator, in its container; gives what it prints. */
export async function runBeside({ kubectl }: E2e, { pod }: Leader, script: string): Promise<string> {
  const node = ['/nodejs/bin/node', '--eval', script];
  return (await kubectl('exec', '--namespace', namespace, pod, '--', ...node)).trim();
}
