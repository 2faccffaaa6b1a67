import { apiRequest } from '../test/support/controlplane/api-request.ts';
import type { ControlPlaneInfo } from '../test/support/controlplane/attach.ts';
import { waitFor } from '../test/support/wait-for.ts';

/** How many requests of a kind the API server answered, such as `PATCH ecrpipelines/status 200`. */
export type RequestCounts = ReadonlyMap<string, number>;

const sample = /^apiserver_request_total\{(.*)\} (\d+)$/gm;

/** What the API server counted since it started, whoever asked; without watches and leases. */
async function requestCounts({ adminKubeconfig }: ControlPlaneInfo): Promise<RequestCounts> {
  const { body } = await apiRequest(adminKubeconfig, '/metrics', { timeoutMs: 30_000 });
  const counts = new Map<string, number>();
  for (const [, labelText = '', count] of String(body).matchAll(sample)) {
    const labels = Object.fromEntries(
      [...labelText.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value]) => [name, value]),
    );
    const { verb, resource = '', subresource, code } = labels;
    if (resource === '' || resource === 'leases' || verb === 'WATCH') continue;
    const kind = `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${code}`;
    counts.set(kind, (counts.get(kind) ?? 0) + Number(count));
  }
  return counts;
}

/** The counts once nobody has asked anything for a second. */
async function whenQuiet(controlPlane: ControlPlaneInfo): Promise<RequestCounts> {
  let [before, sinceMs] = ['', performance.now()];
  return waitFor(
    'the API server to be left alone',
    async () => {
      const counts = await requestCounts(controlPlane);
      const now = JSON.stringify([...counts]);
      if (now !== before) [before, sinceMs] = [now, performance.now()];
      return performance.now() - sinceMs >= 1_000 && counts;
    },
    { timeoutMs: 60_000, everyMs: 250 },
  );
}

/** What was asked of the API server during `work` and what came of it, until all was quiet again. */
export async function requestsDuring(
  controlPlane: ControlPlaneInfo,
  work: () => Promise<void>,
): Promise<RequestCounts> {
  const before = await whenQuiet(controlPlane);
  await work();
  const after = await whenQuiet(controlPlane);
  const differences = [...after].map(([kind, n]) => [kind, n - (before.get(kind) ?? 0)] as const);
  return new Map(differences.filter(([, n]) => n > 0));
}

/** How many of the requests begin like this, such as `POST secrets`. */
export function countOf(requests: RequestCounts, prefix: string): number {
  return [...requests].reduce((sum, [kind, n]) => (kind.startsWith(`${prefix} `) ? sum + n : sum), 0);
}
