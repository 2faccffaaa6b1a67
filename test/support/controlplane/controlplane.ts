import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../wait-for.ts';
import { apiRequest } from './api-request.ts';
import { createApiServer, PortTakenError, type ApiServer } from './api-server.ts';
import { attachControlPlane, type AttachedControlPlane, type ControlPlaneInfo } from './attach.ts';
import { auditPolicy } from './audit-log.ts';
import { ensureBinaries } from './binaries.ts';
import { apiServerArgs, controllerManagerArgs, etcdArgs } from './command-lines.ts';
import { freePort } from './free-port.ts';
import { certificateUser, writeKubeconfig } from './kubeconfig.ts';
import { createPki, type Pki } from './pki.ts';
import { startSupervisor, terminate, type SupervisedProcess, type Supervisor } from './supervisor.ts';

export interface ControlPlaneOptions {
  /** Also run garbage collection, namespace deletion, default accounts and aggregated roles. */
  readonly controllerManager?: boolean;
  /** Write every request at Metadata level to `auditLogFile`. */
  readonly auditLog?: boolean;
  /** Existing folder for the logs of the processes; the control plane's own, which ends with it, when absent. */
  readonly logDir?: string;
  /** IP addresses besides 127.0.0.1 that its certificate is good for. */
  readonly addresses?: readonly string[];
  /** More flags for kube-apiserver, which runs in `dir`. */
  readonly apiServerArgs?: readonly string[];
  /** Gets lines about set-up; standard error when absent. */
  readonly log?: (line: string) => void;
}

/** A real etcd and kube-apiserver of this process's own. */
export interface ControlPlane extends AttachedControlPlane {
  /** SIGKILL, as in a crash; resolves when the process is gone. */
  killApiServer(): Promise<void>;
  /** Starts it again on the same port and data; resolves when it is ready. */
  startApiServer(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pauseApiServer(): Promise<void>;
  resumeApiServer(): Promise<void>;
  /** Ends all processes and removes `dir`. */
  stop(): Promise<void>;
}

type Binaries = Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager', string>;

const portAttempts = 5;

/** Starts a control plane on free ports of 127.0.0.1; on failure nothing keeps running and the logs are kept. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const controllerManager = options.controllerManager ? (['kube-controller-manager'] as const) : [];
  const logOption = options.log ? { log: options.log } : {};
  const binaries = await ensureBinaries(['etcd', 'kube-apiserver', ...controllerManager], logOption);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(binaries, options);
    } catch (error) {
      if (!(error instanceof Error && error.cause instanceof PortTakenError) || attempt === portAttempts)
        throw error;
    }
  }
}

async function startOnce(binaries: Binaries, options: ControlPlaneOptions): Promise<ControlPlane> {
  const dir = await mkdtemp(join(tmpdir(), 'ecr-operator-controlplane-'));
  const supervisor = await startSupervisor(dir);
  try {
    const pki = await createPki(join(dir, 'pki'), options.addresses);
    const info = await prepare(dir, pki, options);
    return await startProcesses(supervisor, binaries, info, pki, options);
  } catch (cause) {
    await supervisor.close({ keepDir: true });
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the control plane did not start (logs are kept in ${dir}): ${reason}`, { cause });
  }
}

async function prepare(dir: string, pki: Pki, { auditLog }: ControlPlaneOptions): Promise<ControlPlaneInfo> {
  const url = `https://127.0.0.1:${await freePort()}`;
  const caFile = pki.ca.certFile;
  const adminKubeconfig = join(dir, 'admin.kubeconfig');
  await writeKubeconfig(adminKubeconfig, { url, caFile }, certificateUser(pki.admin));
  const info = { url, adminKubeconfig, caFile, issuer: url, dir };
  return auditLog ? { ...info, auditLogFile: join(dir, 'audit.jsonl') } : info;
}

async function startProcesses(
  supervisor: Supervisor,
  binaries: Binaries,
  info: ControlPlaneInfo,
  pki: Pki,
  { controllerManager, logDir = info.dir, apiServerArgs: moreArgs = [] }: ControlPlaneOptions,
): Promise<ControlPlane> {
  const spec = (name: keyof Binaries, args: string[]) =>
    ({ name, command: binaries[name], args, cwd: info.dir, logFile: join(logDir, `${name}.log`) }) as const;
  const etcd = await supervisor.start(spec('etcd', etcdArgs()));
  const audit =
    info.auditLogFile === undefined ? {} : { audit: await writeAuditPolicy(info.dir, info.auditLogFile) };
  const settings = { port: Number(new URL(info.url).port), issuer: info.issuer, pki, ...audit };
  const apiServer = createApiServer(
    supervisor,
    spec('kube-apiserver', [...apiServerArgs(settings), ...moreArgs]),
    info.adminKubeconfig,
  );
  await Promise.race([apiServer.start(), failsWith(etcd)]);
  let manager: SupervisedProcess | undefined;
  if (controllerManager) {
    const kubeconfig = join(info.dir, 'controller-manager.kubeconfig');
    await writeKubeconfig(kubeconfig, info, certificateUser(pki.controllerManager));
    manager = await supervisor.start(spec('kube-controller-manager', controllerManagerArgs(kubeconfig, pki)));
    await controllersWork(manager, info);
  }
  return assemble(info, supervisor, apiServer, manager, etcd);
}

/** Without this, an etcd that cannot start shows as an API server that waits for it. */
async function failsWith({ exited, logFile }: SupervisedProcess): Promise<never> {
  const { code, signal } = await exited;
  throw new Error(`etcd ended (${signal ?? `exit code ${code}`}), see ${logFile}`);
}

function assemble(
  info: ControlPlaneInfo,
  supervisor: Supervisor,
  apiServer: ApiServer,
  manager: SupervisedProcess | undefined,
  etcd: SupervisedProcess,
): ControlPlane {
  return {
    ...attachControlPlane(info),
    killApiServer: () => apiServer.kill(),
    startApiServer: () => apiServer.start(),
    pauseApiServer: () => apiServer.pause(),
    resumeApiServer: () => apiServer.resume(),
    async stop() {
      // The API server waits for its clients' watches, and without etcd it would drain for up to a minute.
      if (manager) await terminate(manager, 1_000);
      await apiServer.stop();
      await terminate(etcd, 1_000);
      await supervisor.close({ keepDir: false });
    },
  };
}

async function writeAuditPolicy(
  dir: string,
  logFile: string,
): Promise<{ policyFile: string; logFile: string }> {
  const policyFile = join(dir, 'audit-policy.yaml');
  await writeFile(policyFile, auditPolicy);
  return { policyFile, logFile };
}

/** The default ServiceAccount of a namespace is the first visible work of the controller manager. */
async function controllersWork(
  manager: SupervisedProcess,
  { adminKubeconfig }: ControlPlaneInfo,
): Promise<void> {
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  const outcome = await waitFor(
    'kube-controller-manager to make ServiceAccount default/default',
    async () =>
      manager.exit() ? 'exited' : (await apiRequest(adminKubeconfig, path)).status === 200 && 'works',
    { timeoutMs: 60_000, everyMs: 50 },
  );
  if (outcome === 'exited') throw new Error('kube-controller-manager exited while starting');
}
