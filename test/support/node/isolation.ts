import { join } from 'node:path';
import { network, registryNames } from './network.ts';
import { runInheriting } from './run-inheriting.ts';

/** Where the node keeps everything, inside its namespaces; in memory. */
export const nodeDir = '/run/ecr-operator-e2e';

/**
 * Runs a command as root in network, mount and PID namespaces of its own and gives its exit code. Its processes, mounts,
 * addresses and ports end with it, and with this process, however that ends.
 */
export async function runIsolated(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const namespaces = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const inside = ['sh', join(import.meta.dirname, 'inside.sh'), ...command];
  // unshare kills what it started when it ends; the kernel ends unshare with its parent.
  const program = ['setpriv', '--pdeathsig', 'KILL', 'unshare', ...namespaces, ...inside];
  return await runInheriting(program, { ...env, ...insideVariables() });
}

/** What inside.sh reads, and a temporary folder in memory for everybody. */
function insideVariables(): Readonly<Record<string, string>> {
  return {
    TMPDIR: join(nodeDir, 'tmp'),
    E2E_DIR: nodeDir,
    E2E_BRIDGE: network.bridge,
    E2E_NODE_ADDRESS: network.nodeAddress,
    E2E_PREFIX_LENGTH: String(network.prefixLength),
    E2E_API_SERVER_ADDRESS: network.apiServerAddress,
    E2E_HOST_NAMES: registryNames.join(' '),
  };
}
