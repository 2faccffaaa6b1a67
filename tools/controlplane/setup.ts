/**
 * Fetches or builds the binaries that tests and the demo run, and shows progress.
 *   npx node tools/controlplane/setup.ts [name...]        (default: all that tests and checks need)
 */
import { ensureBinaries } from '../../test/support/controlplane/binaries.ts';
import { duration } from '../../test/support/controlplane/progress.ts';
import { catalogue, isToolName, type ToolName } from '../../test/support/controlplane/tool-catalogue.ts';

const everything: readonly ToolName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kubectl',
  'helm',
  'kubeconform',
];

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !isToolName(name));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; known: ${Object.keys(catalogue).join(', ')}`);
  process.exit(2);
}

const since = Date.now();
try {
  await ensureBinaries(asked.length > 0 ? asked.filter(isToolName) : everything);
  console.error(`control plane binaries ready after ${duration(Date.now() - since)}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
