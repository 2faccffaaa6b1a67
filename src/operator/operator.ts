import { clusterEcrRegistries } from '../api/cluster-ecr-registry.ts';
import { ecrPipelines } from '../api/ecr-pipeline.ts';
import { ecrRegistries } from '../api/ecr-registry.ts';
import { guardAwsApi } from '../aws/guarded-api.ts';
import { createAwsApi } from '../aws/sdk.ts';
import { SessionCache } from '../aws/session.ts';
import { TokenSource } from '../aws/token-source.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { type ClusterView, createClusterView } from '../controllers/view/cluster-view.ts';
import type { ControllerDeps } from '../controllers/controller.ts';
import { FanOuts } from '../controllers/cluster-ecr-registry/fan-outs.ts';
import { createClusterEcrRegistryController } from '../controllers/cluster-ecr-registry/reconciler.ts';
import { createTargetController } from '../controllers/cluster-ecr-registry/target-reconciler.ts';
import { createOrphanController, orphanKind } from '../controllers/orphans/reconciler.ts';
import { AccountLinks } from '../controllers/service-account-links/account-links.ts';
import { createServiceAccountController } from '../controllers/service-account-links/reconciler.ts';
import { Dependents } from '../controllers/view/dependents.ts';
import { createEcrPipelineController } from '../controllers/ecr-pipeline/reconciler.ts';
import { createEcrRegistryController } from '../controllers/ecr-registry/reconciler.ts';
import { createVerifications } from '../controllers/verification/reconciler.ts';
import type { KubeClient } from '../kube/client.ts';
import type { EventRecorder } from '../kube/events.ts';
import { createOciClient } from '../oci/client.ts';
import { createVerifier, type Verifier } from '../verification/verifier.ts';
import { clusterCredentials } from './cluster-credentials.ts';
import type { Flags } from './flag-table.ts';
import { Lines } from './lines.ts';
import type { Metrics } from './metrics.ts';
import { shardOf } from './shards.ts';

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
  /** Where the proxy on the way to registries is read from. */
  env: Readonly<Record<string, string | undefined>>;
}

/** The work of the operator: caches that every replica keeps, and workers that the leader runs. */
export interface Operator {
  view: ClusterView;
  /**
   * Works on a shard, counted from 0, until `stop` aborts, then finishes what ends within two seconds. `abandon` aborts that too, for a process
   * that has lost its lease and must not write any more.
   */
  work(shard: number, stop: AbortSignal, abandon: AbortSignal): Promise<void>;
  /** Epoch milliseconds since when the slowest worker has shown no progress. */
  lastProgressMs(): number;
  /** How many keys have been worked on. */
  runs(): number;
}

export function createOperator(flags: Flags, deps: OperatorDeps): Operator {
  const dependents = new Dependents();
  const { shards } = flags;
  const lines = Array.from(
    { length: shards },
    (_, shard) => new Lines({ ...deps, owns: (kind, key) => shardOf(kind, key, shards) === shard }),
  );
  const queue: ControllerDeps['queue'] = (kind, key, options) =>
    lines[shardOf(kind, key, shards)]?.queue(kind, key, options);
  const view = createClusterView({
    ...deps,
    namespace: flags.watchNamespace === '' ? undefined : flags.watchNamespace,
    dependents,
    registryChanged(key) {
      queue(ecrRegistries.kind, key);
      links.registryChanged(key);
      verifications.changed(ecrRegistries.kind, key);
    },
    pipelineChanged(key) {
      queue(ecrPipelines.kind, key);
      verifications.changed(ecrPipelines.kind, key);
    },
    clusterRegistryChanged(key) {
      queue(clusterEcrRegistries.kind, key);
      links.clusterRegistryChanged(key);
      verifications.changed(clusterEcrRegistries.kind, key);
    },
    namespaceChanged(name, facts) {
      fanOuts.namespaceChanged(name, facts);
      links.namespaceChanged(name);
    },
    ownerGone(uid) {
      for (const key of view.secrets.ownedBy(uid)) queue(orphanKind, key, { priority: 'low' });
    },
    orphanSeen: (key) => queue(orphanKind, key),
    secretChanged: (key) => fanOuts.secretChanged(key),
    secretCameOrWent: (key) => links.secretCameOrWent(key),
    accountChanged: (key) => links.accountChanged(key),
    dependentsChanged(ids) {
      for (const id of ids) queue(...splitId(id));
    },
  });
  const fanOuts = new FanOuts({ view, queue, clock: deps.clock });
  const links = new AccountLinks({ view, queue });
  const settings = {
    runtimeServiceAccount: flags.runtimeServiceAccount,
    allowOperatorIdentity: flags.allowOperatorIdentity,
    clusterIdentityNamespace: flags.clusterIdentityNamespace,
  };
  const { tokens, verifier } = createAws(flags, deps);
  const controllerDeps = { ...deps, view, dependents, settings, tokens, queue };
  const { verified } = deps.metrics;
  const verifications = createVerifications({ ...controllerDeps, verifier, verified });
  const controllers = [
    createEcrRegistryController(controllerDeps),
    createEcrPipelineController(controllerDeps),
    createClusterEcrRegistryController(controllerDeps, fanOuts),
    createTargetController(controllerDeps, fanOuts),
    createServiceAccountController(controllerDeps, links),
    createOrphanController(controllerDeps),
    ...verifications.controllers,
  ];
  for (const each of lines) for (const controller of controllers) each.add(controller);
  return {
    view,
    async work(shard, stop, abandon) {
      await view.synced(AbortSignal.any([stop, abandon]));
      await lines[shard]?.work(flags.workers, stop, abandon);
    },
    runs: () => lines.reduce((sum, each) => sum + each.runs, 0),
    lastProgressMs: () => Math.min(...lines.map((each) => each.lastProgressMs())),
  };
}

/** The ways to AWS: they share its rate limits and circuit breakers. */
function createAws(
  flags: Flags,
  { client, metrics, clock, random, env }: OperatorDeps,
): { tokens: TokenSource; verifier: Verifier } {
  const maxRates = { sts: flags.stsMaxRate, ecr: flags.ecrMaxRate };
  const api = guardAwsApi(createAwsApi(metrics.awsCall), { clock, random, maxRates });
  const sessionDeps = { api, clock, ...clusterCredentials(client) };
  const sessions = new SessionCache(sessionDeps);
  const onIssued = ({ api: { kind } }: { api: { kind: 'private' | 'public' } }): void =>
    metrics.tokenIssued(kind);
  return {
    tokens: new TokenSource({ api, sessions, clock, random, onIssued }),
    verifier: createVerifier({
      ...sessionDeps,
      random,
      connect: (host, login) => createOciClient({ host, login, proxyEnv: env, clock, random }),
    }),
  };
}

/** Ids in `Dependents` are `<kind> <key>`. */
function splitId(id: string): [kind: string, key: string] {
  const space = id.indexOf(' ');
  return [id.slice(0, space), id.slice(space + 1)];
}
