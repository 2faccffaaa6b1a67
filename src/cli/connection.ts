import { errorChain } from '../base/error-chain.ts';
import { silentLog } from '../base/log.ts';
import { createKubeClient } from '../kube/client-http.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Credentials } from '../kube/credentials.ts';
import { createTransport, type Transport } from '../kube/transport.ts';
import type { ClusterOptions } from './arguments.ts';
import { CommandFailure, exitCode } from './exit-code.ts';
import type { Io } from './io.ts';

/** A cluster with the rights of the person who runs the command. */
export interface Connection {
  readonly client: KubeClient;
  readonly transport: Transport;
  /** The one that was named, else that of the context. */
  readonly namespace: string;
  /** The one that was named, if one was. */
  readonly namedNamespace: string | undefined;
  /** How messages name the API server: its address and the context that led there. */
  readonly server: string;
  /** Aborts when the time of the command is up, or on Ctrl-C. */
  readonly signal: AbortSignal;
  close(): void;
}

/** The time that the person gave the command is up. */
export class TimeIsUp extends Error {
  override readonly name = 'TimeIsUp';
}

/** No token or certificate for the API server could be had from what the kubeconfig says. */
export class NoLogin extends Error {
  override readonly name = 'NoLogin';
}

/** Finds the cluster as kubectl does, but sends nothing yet. Throws a CommandFailure where the kubeconfig leads nowhere. */
export async function connect(options: ClusterOptions, io: Io): Promise<Connection> {
  const { credentials, context, namespace } = await accessOf(options, io);
  const transport = createTransport({
    credentials,
    clock: io.clock,
    random: Math.random,
    userAgent: 'kubectl-ecr',
    requestTimeoutMs: options.timeoutMs,
  });
  const limit = timeLimit(options.timeoutMs, io);
  return {
    client: createKubeClient(transport, io.clock),
    transport,
    namespace: options.namespace ?? namespace ?? 'default',
    namedNamespace: options.namespace,
    server: `${credentials.server.href} of context ${context}`,
    signal: limit.signal,
    close() {
      limit.stop();
      transport.close();
    },
  };
}

/** What client-node makes up where it finds no kubeconfig; a proxy of kubectl may have the same address. */
const madeUp = { context: 'loaded-context', server: 'http://localhost:8080' };

interface FoundAccess {
  readonly credentials: Credentials;
  readonly context: string;
  readonly namespace: string | undefined;
}

async function accessOf({ kubeconfig, context }: ClusterOptions, { clock }: Io): Promise<FoundAccess> {
  // Imported only here: help and completion scripts have no need of the largest library in the program.
  const { kubeConfigCredentials, loadKubeConfig } = await import('../kube/credentials-kubeconfig.ts');
  try {
    const config = loadKubeConfig({ file: kubeconfig, context });
    const isMadeUp = config.currentContext === madeUp.context;
    if (isMadeUp && config.getCurrentCluster()?.server === madeUp.server)
      throw new Error('there is none in --kubeconfig, KUBECONFIG or ~/.kube/config');
    const current = config.getContextObject(config.currentContext) as { namespace?: string } | null;
    return {
      credentials: sayingWhoFailed(kubeConfigCredentials({ config, clock, log: silentLog })),
      context: config.currentContext,
      namespace: current?.namespace,
    };
  } catch (error) {
    const message = `the kubeconfig leads to no cluster: ${errorChain(error)}; see kubectl config view`;
    throw new CommandFailure(exitCode.unknown, message, { cause: error });
  }
}

/** The same credentials; where there are none to be had, that is no failure of the API server. */
function sayingWhoFailed(credentials: Credentials): Credentials {
  return {
    ...credentials,
    async current() {
      try {
        return await credentials.current();
      } catch (error) {
        throw new NoLogin('the kubeconfig gives no login', { cause: error });
      }
    },
  };
}

function timeLimit(ms: number, { clock, signal }: Io): { signal: AbortSignal; stop: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort(signal.reason);
  if (signal.aborted) interrupt();
  signal.addEventListener('abort', interrupt, { once: true });
  const cancel = clock.after(ms, () => controller.abort(new TimeIsUp(`${ms / 1_000} s are over`)));
  return {
    signal: controller.signal,
    stop() {
      cancel();
      signal.removeEventListener('abort', interrupt);
    },
  };
}
