import { conditionTypes } from '../api/conditions.ts';
import { type EcrPipeline, ecrPipelines } from '../api/ecr-pipeline.ts';
import { type EcrRegistry, ecrRegistries } from '../api/ecr-registry.ts';
import { guardAwsApi } from '../aws/guarded-api.ts';
import { createAwsApi } from '../aws/sdk.ts';
import { SessionCache } from '../aws/session.ts';
import { TokenSource } from '../aws/token-source.ts';
import { defaultBackoff, jitteredDelay } from '../base/backoff.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type ClusterView, createClusterView } from '../controllers/view/cluster-view.ts';
import type { Controller } from '../controllers/controller.ts';
import { Dependents } from '../controllers/view/dependents.ts';
import { createEcrPipelineController } from '../controllers/ecr-pipeline/reconciler.ts';
import { createEcrRegistryController } from '../controllers/ecr-registry/reconciler.ts';
import type { KubeClient } from '../kube/client.ts';
import { type Run, runWorkers, type Workers } from '../kube/controller-loop.ts';
import type { EventRecorder } from '../kube/events.ts';
import { WorkQueue } from '../kube/work-queue.ts';
import { clusterCredentials } from './cluster-credentials.ts';
import type { Flags } from './flag-table.ts';
import type { Metrics, Sample } from './metrics.ts';

export interface OperatorDeps {
  client: KubeClient;
  events: Pick<EventRecorder, 'record'>;
  metrics: Metrics;
  /** Time of day: tokens are compared with it. */
  clock: Clock;
  /** Times the queues: follows the time of day forward, and is not held up when that is set back. */
  schedule: Clock;
  random: () => number;
  log: Log;
}

/** The work of the operator: caches that every replica keeps, and workers that the leader runs. */
export interface Operator {
  view: ClusterView;
  /**
   * Works until `stop` aborts, then finishes what ends within two seconds. `abandon` aborts that too, for a process
   * that has lost its lease and must not write any more.
   */
  work(stop: AbortSignal, abandon: AbortSignal): Promise<void>;
  /** Epoch milliseconds since when the slowest worker has shown no progress. */
  lastProgressMs(): number;
}

/** The controller of a kind with its queue; keys are put in only while this process works. */
interface Line {
  controller: Controller;
  queue: WorkQueue<string>;
}

export function createOperator(flags: Flags, deps: OperatorDeps): Operator {
  const { client, clock, random, log } = deps;
  const dependents = new Dependents();
  const lines = new Map<string, Line>();
  let working = false;
  const enqueue = (kind: string, key: string): void => {
    if (working) lines.get(kind)?.queue.add(key);
  };
  const view = createClusterView({
    client,
    namespace: flags.watchNamespace === '' ? undefined : flags.watchNamespace,
    clock,
    random,
    log,
    dependents,
    registryChanged: (key) => enqueue(ecrRegistries.kind, key),
    pipelineChanged: (key) => enqueue(ecrPipelines.kind, key),
    dependentsChanged(ids) {
      for (const id of ids) enqueue(...splitId(id));
    },
  });
  const settings = {
    runtimeServiceAccount: flags.runtimeServiceAccount,
    allowOperatorIdentity: flags.allowOperatorIdentity,
  };
  const controllerDeps = { ...deps, view, dependents, settings, tokens: createTokenSource(flags, deps) };
  for (const controller of [
    createEcrRegistryController(controllerDeps),
    createEcrPipelineController(controllerDeps),
  ]) {
    lines.set(controller.kind, { controller, queue: createQueue(controller.kind, deps) });
  }
  const workers: Workers[] = [];
  return {
    view,
    async work(stop, abandon) {
      await view.synced(AbortSignal.any([stop, abandon]));
      working = true;
      const end = AbortSignal.any([abandon, afterGrace(stop, deps.schedule)]);
      for (const line of lines.values()) workers.push(startLine(line, flags.workers, deps, stop, end));
      await Promise.all(workers.map((each) => each.finished));
    },
    lastProgressMs: () => Math.min(deps.schedule.now(), ...workers.map((each) => each.lastProgressMs())),
  };
}

/** A write ends in milliseconds; a call to AWS may take half a minute, and whoever leads next makes it again. */
const graceMs = 2_000;

/** Aborts some time after `stop` does. */
function afterGrace(stop: AbortSignal, clock: Clock): AbortSignal {
  const end = new AbortController();
  const abort = (): void => end.abort(new Error('stopping', { cause: stop.reason }));
  const arm = (): void => void clock.after(graceMs, abort);
  if (stop.aborted) arm();
  else stop.addEventListener('abort', arm, { once: true });
  return end.signal;
}

function createQueue(kind: string, { metrics, schedule, random }: OperatorDeps): WorkQueue<string> {
  return new WorkQueue<string>({
    clock: schedule,
    retryDelayMs: (failures) => jitteredDelay(failures, defaultBackoff, random),
    observer: metrics.queue(kind),
  });
}

/** Starts the workers of a kind on all of its objects. */
function startLine(
  { controller, queue }: Line,
  workers: number,
  { metrics, schedule, log }: OperatorDeps,
  stop: AbortSignal,
  end: AbortSignal,
): Workers {
  const { kind } = controller;
  const reconcile = (key: string, signal: AbortSignal) => controller.reconcile(key, signal);
  const observe = ({ outcome }: Run): void => metrics.reconciled(kind, outcome);
  const started = runWorkers({ queue, workers, reconcile, clock: schedule, log, observe }, end);
  const shutDown = (): void => void queue.shutDown();
  stop.addEventListener('abort', shutDown, { once: true });
  if (stop.aborted) shutDown();
  for (const key of controller.keys()) queue.add(key, { priority: 'low' });
  log.info({ kind, objects: queue.length }, 'working');
  return started;
}

function createTokenSource(flags: Flags, { client, metrics, clock, random }: OperatorDeps): TokenSource {
  const maxRates = { sts: flags.stsMaxRate, ecr: flags.ecrMaxRate };
  const api = guardAwsApi(createAwsApi(metrics.awsCall), { clock, random, maxRates });
  const sessions = new SessionCache({ api, clock, ...clusterCredentials(client) });
  const onIssued = ({ api: { kind } }: { api: { kind: 'private' | 'public' } }): void =>
    metrics.tokenIssued(kind);
  return new TokenSource({ api, sessions, clock, random, onIssued });
}

/** Ids in `Dependents` are `<kind> <key>`. */
function splitId(id: string): [kind: string, key: string] {
  const space = id.indexOf(' ');
  return [id.slice(0, space), id.slice(space + 1)];
}

/** What `/metrics` says of each object that the watch shows. */
export function* samplesOf({ registries, pipelines }: ClusterView): Generator<Sample> {
  for (const [, registry] of registries.entries()) yield sampleOf('registry', registry);
  for (const [, pipeline] of pipelines.entries()) yield sampleOf('pipeline', pipeline);
}

function sampleOf(kind: Sample['kind'], { metadata, status }: EcrRegistry | EcrPipeline): Sample {
  const { namespace, name } = metadata;
  const ready = status?.conditions?.some((c) => c.type === conditionTypes.ready && c.status === 'True');
  const expiresAtMs = status?.expiresAt === undefined ? undefined : Date.parse(status.expiresAt);
  return { kind, namespace, name, ready: ready === true, expiresAtMs };
}
