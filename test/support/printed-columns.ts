import { systemClock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import { loadCredentials } from '../../src/kube/credentials-load.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { ObjectKey, ResourceType } from '../../src/kube/object.ts';

interface Table {
  readonly columnDefinitions: readonly { readonly name: string; readonly priority: number }[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

/**
 * What `kubectl get <kind> <name>` prints: column -> cell, in order; the API server renders it. `wide`: with `-o wide`.
 */
export async function printedColumns(
  kubeconfig: string,
  { apiVersion, plural }: ResourceType,
  { namespace, name }: ObjectKey,
  { wide }: { readonly wide: boolean },
): Promise<Record<string, unknown>> {
  const credentials = await loadCredentials({ kubeconfig, env: {}, clock: systemClock, log: silentLog });
  const transport = createTransport({ credentials, clock: systemClock, random: Math.random });
  try {
    const table = await transport.call<Table>({
      method: 'GET',
      path: `/apis/${apiVersion}/${namespace === undefined ? '' : `namespaces/${namespace}/`}${plural}/${name}`,
      resource: plural,
      what: 'get a table',
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    const cells = table.rows[0]?.cells ?? [];
    const shown = table.columnDefinitions
      .map((column, i) => ({ ...column, cell: cells[i] }))
      .filter(({ priority }) => wide || priority === 0);
    return Object.fromEntries(shown.map((column) => [column.name, column.cell]));
  } finally {
    transport.close();
  }
}
