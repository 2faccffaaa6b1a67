import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiVersion } from '../../src/api/names.ts';
import { loadCredentials } from '../../src/kube/credentials-load.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { Fixture } from '../operator/fixture.ts';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** What `kubectl get ecrp <name> -o wide` prints: column -> cell, in order; the API server renders it. */
export async function pipelineRow(
  { controlPlane, namespace }: Pick<Fixture, 'controlPlane' | 'namespace'>,
  name: string,
): Promise<Record<string, unknown>> {
  const kubeconfig = controlPlane.adminKubeconfig;
  const credentials = await loadCredentials({ kubeconfig, env: {}, clock: systemClock, log: silentLog });
  const transport = createTransport({ credentials, clock: systemClock, random: Math.random });
  try {
    const table = await transport.call<Table>({
      method: 'GET',
      path: `/apis/${apiVersion}/namespaces/${namespace}/ecrpipelines/${name}`,
      resource: 'ecrpipelines',
      what: 'get a table',
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const cells = table.rows[0]?.cells ?? [];
    return Object.fromEntries(table.columnDefinitions.map((column, i) => [column.name, cells[i]]));
  } finally {
    transport.close();
  }
}
