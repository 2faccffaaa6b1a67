import { endedReconciles } from '../../test/operator/metrics.ts';
import type { OperatorProcess } from '../../test/support/operator-process.ts';
import { waitFor } from '../../test/support/wait-for.ts';
import type { Testbed } from '../testbed.ts';
import { identityNamespace } from './cluster-registry.ts';

/** The lease of the operators, as the testbed starts them. */
export const leaseKey = { namespace: 'default', name: 'ecr-operator' };

/** The operator that leads, as a process that can be started anew. */
export class Operators {
  readonly #bed: Testbed;
  #leader: OperatorProcess | undefined;

  constructor(bed: Testbed) {
    this.#bed = bed;
  }

  /** The one that leads; starts one where there is none. */
  async leader(): Promise<OperatorProcess> {
    this.#leader ??= await this.another();
    return this.#leader;
  }

  /** One more, which is ready: it leads when no other does. */
  another(): Promise<OperatorProcess> {
    return this.#bed.operator([`--cluster-identity-namespace=${identityNamespace}`]);
  }

  /** Stops the leader in good order, if there is one. */
  async stop(): Promise<void> {
    await this.#leader?.stop();
    this.#leader = undefined;
  }

  /** Stops the leader and starts the next; `readyMs` is from its start until /readyz says so. */
  async restart(): Promise<{ operator: OperatorProcess; readyMs: number }> {
    await this.stop();
    const started = performance.now();
    const operator = await this.leader();
    return { operator, readyMs: performance.now() - started };
  }

  /** The leader has ended, and `standby` takes its place. */
  handOver(standby: OperatorProcess): void {
    this.#leader = standby;
  }
}

/** Waits until an operator that has just started has looked at so many objects. */
export async function lookedAt(operator: OperatorProcess, objects: number): Promise<void> {
  const seen = async (): Promise<boolean> => (await endedReconciles(operator)) >= objects;
  await waitFor(`the operator to look at ${objects} objects`, seen, { timeoutMs: 60_000, everyMs: 50 });
}
