import type { TestProject } from 'vitest/node';
import type { ControlPlaneInfo } from './attach.ts';
import { startControlPlane } from './controlplane.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The control plane that all tests of the project `cluster` share; see attachControlPlane. */
    controlPlane: ControlPlaneInfo;
  }
}

/** Starts the shared control plane before the first test of the project; the function it returns stops it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const controlPlane = await startControlPlane({ auditLog: true, controllerManager: true });
  const { url, adminKubeconfig, caFile, issuer, dir, auditLogFile } = controlPlane;
  const info: ControlPlaneInfo = { url, adminKubeconfig, caFile, issuer, dir };
  project.provide('controlPlane', auditLogFile === undefined ? info : { ...info, auditLogFile });
  return () => controlPlane.stop();
}
