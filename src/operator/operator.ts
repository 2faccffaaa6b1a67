import { conditionTypes } from '../api/conditions.ts';
import type { EcrRegistry } from '../api/ecr-registry.ts';
import { guardAwsApi } from '../aws/guarded-api.ts';
import { createAwsApi } from '../aws/sdk.ts';
import { SessionCache } from '../aws/session.ts';
import { TokenSource } from '../aws/token-source.ts';
import { defaultBackoff, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type Controller, createEcrRegistryController } from '../controllers/ecr-registry/controller.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Run, runWorkers, type Workers } from '../kube/controller-loop.ts';
import type { EventRecorder } from '../kube/events.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import { clusterCredentials } from './credentials.ts';
import type { Flags } from './flag-table.ts';
import type { Metrics, RegistrySample } from './metrics.ts';

const kind = 'EcrRegistry';

export interface OperatorDeps {
  client: KubeClient;
  events: Pick<EventRecorder, 'record'>;
  metrics: Metrics;
  /** Time of day: tokens are compared with it. */
  clock: Clock;
  /** Times the queue: follows the time of day forward, and is not held up when that is set back. */
  schedule: Clock;
  random: () => number;
  log: Log;
}

/** The work of the operator: caches that every replica keeps, and workers that the leader runs. */
export interface Operator {
  controller: Controller;
  /**
   * Works until `stop` aborts, then finishes what is under way. `abandon` aborts that too, for a process that has lost
   * its lease and must not write any more.
   */
  work(stop: AbortSignal, abandon: AbortSignal): Promise<void>;
  /** Epoch milliseconds since when the slowest worker has shown no progress. */
  lastProgressMs(): number;
}

export function createOperator(flags: Flags, deps: OperatorDeps): Operator {
  const { metrics, schedule, random, log } = deps;
  const queue = new WorkQueue<string>({
    clock: schedule,
    retryDelayMs: (failures) => jitteredDelay(failures, defaultBackoff, random),
    observer: metrics.queue(kind),
  });
  const controller = createEcrRegistryController({
    ...deps,
    tokens: createTokenSource(flags, deps),
    settings: {
      runtimeServiceAccount: flags.runtimeServiceAccount,
      allowOperatorIdentity: flags.allowOperatorIdentity,
    },
    namespace: flags.watchNamespace === '' ? undefined : flags.watchNamespace,
    queue,
  });
  let workers: Workers | undefined;
  return {
    controller,
    async work(stop, abandon) {
      await controller.synced(AbortSignal.any([stop, abandon]));
      const { reconcile } = controller;
      const observe = ({ outcome }: Run): void => metrics.reconciled(kind, outcome);
      workers = runWorkers(
        { queue, workers: flags.workers, reconcile, clock: schedule, log, observe },
        abandon,
      );
      stop.addEventListener('abort', () => void queue.shutDown(), { once: true });
      if (stop.aborted) void queue.shutDown();
      controller.enqueueAll();
      log.info({ kind, objects: queue.length }, 'working');
      await workers.finished;
    },
    lastProgressMs: () => workers?.lastProgressMs() ?? schedule.now(),
  };
}

function createTokenSource(flags: Flags, { client, metrics, clock, random }: OperatorDeps): TokenSource {
  const maxRates = { sts: flags.stsMaxRate, ecr: flags.ecrMaxRate };
  const api = guardAwsApi(createAwsApi(metrics.awsCall), { clock, random, maxRates });
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
