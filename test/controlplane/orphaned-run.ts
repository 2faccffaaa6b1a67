/** Starts a control plane, prints its folder and waits to be killed: the other half of a cluster test. */
import { startControlPlane } from '../support/controlplane/controlplane.ts';

const controlPlane = await startControlPlane({ log: () => undefined });
console.log(controlPlane.dir);
setInterval(() => undefined, 60_000);
