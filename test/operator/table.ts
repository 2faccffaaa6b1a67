import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { apiVersion } from '../../src/api/names.ts';
import { loadCredentials } from '../../src/kube/credentials-load.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { Fixture } from './fixture.ts';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/** What `kubectl get ecr <name>` prints: column -> cell, in order; the API server renders it. */
export async function tableRow(
  { controlPlane, namespace }: Fixture,
  name: string,
): Promise<Record<string, unknown>> {
  const kubeconfig = controlPlane.adminKubeconfig;
  const credentials = await loadCredentials({ kubeconfig, env: {}, clock: systemClock, log: silentLog });
  const transport = createTransport({ credentials, clock: systemClock, random: Math.random });
  try {
    const table = await transport.call<Table>({
      method: 'GET',
      path: `/apis/${apiVersion}/namespaces/${namespace}/ecrregistries/${name}`,
      resource: 'ecrregistries',
      what: 'get a table',
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const cells = table.rows[0]?.cells ?? [];
    const shown = table.columnDefinitions
      .map((column, i) => ({ ...column, cell: cells[i] }))
      .filter(({ priority }) => priority === 0);
    return Object.fromEntries(shown.map((column) => [column.name, column.cell]));
  } finally {
    transport.close();
  }
}
