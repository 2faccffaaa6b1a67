import { readFile } from 'node:fs/promises';
import { waitFor } from '../wait-for.ts';
import { apiRequest } from './api-request.ts';
import { terminate, type SupervisedProcess, type Supervisor } from './supervisor.ts';
import type { ProcessSpec } from './supervisor-protocol.ts';

/** Another process took the port between the search for a free one and its use. */
export class PortTakenError extends Error {}

/** The API server of a control plane: it can be started again on the same port and data. */
export interface ApiServer {
  /** Resolves when it is ready. */
  start(): Promise<void>;
  /** SIGKILL, as in a crash; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open and nothing answers. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** It drains for up to a minute after SIGTERM, which a test does not need. */
const graceMs = 3_000;
/** Seconds on an idle machine; a build in another window can take both cores. */
const readyWithinMs = 90_000;

/** Prepares an API server; `adminKubeconfig` is used to ask whether it is ready. */
export function createApiServer(
  supervisor: Supervisor,
  spec: ProcessSpec,
  adminKubeconfig: string,
): ApiServer {
  let current: SupervisedProcess | undefined;
  const running = (): SupervisedProcess => {
    if (!current || current.exit()) throw new Error('the API server is not running');
    return current;
  };
  return {
    async start() {
      if (current && !current.exit()) throw new Error('the API server is already running');
      current = await supervisor.start(spec);
      await ready(current, adminKubeconfig);
    },
    async kill() {
      const process = running();
      await process.signal('SIGKILL');
      await process.exited;
    },
    pause: () => running().signal('SIGSTOP'),
    resume: () => running().signal('SIGCONT'),
    async stop() {
      if (current) await terminate(current, graceMs);
    },
  };
}

async function ready(process: SupervisedProcess, adminKubeconfig: string): Promise<void> {
  const answersReady = async (): Promise<'ready' | false> => {
    const { status } = await apiRequest(adminKubeconfig, '/readyz', { timeoutMs: 2_000 });
    return status === 200 && 'ready';
  };
  const outcome = await waitFor(
    'the API server to be ready',
    async () => (process.exit() ? 'exited' : await answersReady()),
    { timeoutMs: readyWithinMs, everyMs: 50 },
  );
  if (outcome !== 'exited') return;
  const log = await readFile(process.logFile, 'utf8');
  const message = `kube-apiserver exited while starting:\n${log.trim().split('\n').slice(-5).join('\n')}`;
  throw /address already in use/.test(log) ? new PortTakenError(message) : new Error(message);
}
