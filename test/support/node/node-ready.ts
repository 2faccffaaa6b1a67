import { apiRequest } from '../controlplane/api-request.ts';
import type { ControlPlaneInfo } from '../controlplane/attach.ts';
import type { SupervisedProcess } from '../controlplane/supervisor.ts';
import { waitFor } from '../wait-for.ts';
import { nodeName } from './component-args.ts';

interface NodeObject {
  readonly spec: { readonly taints?: readonly unknown[] };
  readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Waits until the node is Ready and the taint is gone with which it starts; an error when the kubelet ends. */
export async function nodeIsReady(
  { adminKubeconfig }: ControlPlaneInfo,
  kubelet: SupervisedProcess,
): Promise<void> {
  const isReady = async (): Promise<boolean> => {
    const { status, body } = await apiRequest(adminKubeconfig, `/api/v1/nodes/${nodeName}`);
    if (status !== 200) return false;
    const node = body as NodeObject;
    const ready = node.status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True');
    return ready === true && (node.spec.taints ?? []).length === 0;
  };
  await waitFor('the node to be ready', async () => kubelet.exit() !== undefined || (await isReady()), {
    timeoutMs: 90_000,
    everyMs: 100,
  });
  const ended = kubelet.exit();
  if (ended)
    throw new Error(
      `the kubelet ended (${ended.signal ?? `exit code ${ended.code}`}), see ${kubelet.logFile}`,
    );
}
