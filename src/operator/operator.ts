import { conditionTypes } from '../api/conditions.ts';
import type { EcrRegistry } from '../api/ecr-registry.ts';
import { createAwsApi } from '../aws/sdk.ts';
import { SessionCache } from '../aws/session.ts';
import { TokenSource } from '../aws/token-source.ts';
import { defaultBackoff, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Controller, createEcrRegistryController } from '../controllers/ecr-registry/controller.ts';
import type { KubeClient } from '../kube/client.ts';
import { createWorkers, type Workers } from '../kube/controller-loop.ts';
import type { EventRecorder } from '../kube/events.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import { clusterCredentials } from './credentials.ts';
import type { Flags } from './flags.ts';
import type { Metrics, RegistrySample } from './metrics.ts';

const kind = 'EcrRegistry';

export interface OperatorDeps {
  client: KubeClient;
  events: Pick<EventRecorder, 'record'>;
  metrics: Metrics;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** The work of the operator: caches that every replica keeps, and workers that the leader runs. */
export interface Operator {
  controller: Controller;
  workers: Workers;
  /** Works until the signal aborts; resolves when what was begun has ended. */
  work(signal: AbortSignal): Promise<void>;
}

export function createOperator(flags: Flags, deps: OperatorDeps): Operator {
  const { client, metrics, clock, random, log } = deps;
  const queue = new WorkQueue<string>({
    clock,
    retryDelayMs: (failures) => jitteredDelay(failures, defaultBackoff, random),
    observer: metrics.queue(kind),
  });
  const controller = createEcrRegistryController({
    ...deps,
    tokens: createTokenSource(client, deps),
    settings: {
      runtimeServiceAccount: flags.runtimeServiceAccount,
      allowOperatorIdentity: flags.allowOperatorIdentity,
    },
    namespace: flags.watchNamespace === '' ? undefined : flags.watchNamespace,
    queue,
  });
  const workers = createWorkers({
    queue,
    workers: flags.workers,
    reconcile: controller.reconcile,
    clock,
    log,
    observe: (outcome) => metrics.reconciled(kind, outcome),
  });
  return {
    controller,
    workers,
    async work(signal) {
      await controller.synced(signal);
      controller.enqueueAll();
      log.info({ kind }, 'workers started');
      await workers.run(signal);
    },
  };
}

function createTokenSource(client: KubeClient, { metrics, clock, random }: OperatorDeps): TokenSource {
  const api = createAwsApi(metrics.awsCall);
  const sessions = new SessionCache({ api, clock, ...clusterCredentials(client) });
  return new TokenSource({
    api,
    sessions,
    clock,
    random,
    onIssued: ({ api: { kind: which } }) => metrics.tokenIssued(which),
  });
}

/** What `/metrics` says of each registry that the watch shows. */
export function* registrySamples(registries: Iterable<EcrRegistry>): Generator<RegistrySample> {
  for (const { metadata, status } of registries) {
    const ready = status?.conditions?.some((c) => c.type === conditionTypes.ready && c.status === 'True');
    const expiresAtMs = status?.expiresAt === undefined ? undefined : Date.parse(status.expiresAt);
    yield { namespace: metadata.namespace, name: metadata.name, ready: ready === true, expiresAtMs };
  }
}
