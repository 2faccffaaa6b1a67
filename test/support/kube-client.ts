import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { createKubeClient } from '../../src/kube/client-http.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { loadCredentials } from '../../src/kube/credentials-load.ts';
import { createTransport } from '../../src/kube/transport.ts';

/** The operator's own client with the rights of a kubeconfig file. */
export async function kubeClient(kubeconfig: string): Promise<KubeClient & { close(): void }> {
  const credentials = await loadCredentials({ kubeconfig, env: {}, clock: systemClock, log: silentLog });
  const transport = createTransport({ credentials, clock: systemClock, random: Math.random });
  return { ...createKubeClient(transport, systemClock), close: () => transport.close() };
}
