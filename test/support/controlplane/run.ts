/** Runs a control plane in the foreground until Ctrl-C: `npx node test/support/controlplane/run.ts`. */
import { startControlPlane } from './controlplane.ts';
import { duration } from './progress.ts';

const since = Date.now();
const controlPlane = await startControlPlane({ controllerManager: true, auditLog: true });
console.error(`ready after ${duration(Date.now() - since)}; Ctrl-C stops it and removes its data`);
console.error(`audit log: ${controlPlane.auditLogFile}`);
console.log(`export KUBECONFIG=${controlPlane.adminKubeconfig}`);

let stopping = false;
const stop = (): void => {
  // A second Ctrl-C ends at once; the supervisor then kills what is left.
  if (stopping) process.exit(130);
  stopping = true;
  console.error('stopping');
  void controlPlane.stop().then(() => process.exit(0));
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
