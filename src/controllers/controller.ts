import type { TokenSource } from '../aws/token-source.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { KubeClient } from '../kube/client.ts';
import type { Outcome } from '../kube/controller-loop.ts';
import type { Priority } from '../kube/ready-keys.ts';
import type { EventRecorder } from '../kube/events.ts';
import type { ClusterView } from './view/cluster-view.ts';
import type { Dependents } from './view/dependents.ts';
import type { Settings } from './registry-facts.ts';

/** What the controllers of all kinds work with. */
export interface ControllerDeps {
  client: KubeClient;
  view: ClusterView;
  tokens: Pick<TokenSource, 'get'>;
  dependents: Dependents;
  events: Pick<EventRecorder, 'record'>;
  settings: Settings;
  clock: Clock;
  log: Log;
  /** Puts a key into the queue of a kind; without effect while another process works. */
  queue(kind: string, key: string, options?: QueueOptions): void;
}

/** When and before whom a key is worked on; at once and `high` when not said. */
export interface QueueOptions {
  priority?: Priority;
  afterMs?: number;
}

/** The controller of one kind. */
export interface Controller {
  kind: string;
  /** Keys of all objects that the watch shows. */
  keys(): Iterable<string>;
  /** Brings one object to what it should be: read, decide, act, one status. */
  reconcile(key: string, signal: AbortSignal): Promise<Outcome>;
}

/** An event to record on an object. */
export interface Transition {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  action: string;
}
