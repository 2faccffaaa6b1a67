import type { Testbed } from '../testbed.ts';
import { Operators } from './operators.ts';

/** A step of the run and how long it took. */
export interface Stage {
  what: string;
  seconds: number;
}

/** The control plane that all rows share, and what has been done to it so far. */
export interface World {
  readonly bed: Testbed;
  readonly operators: Operators;
  /** How many namespaces the registry is fanned out to at first. */
  readonly size: number;
  /** How many it selects now. */
  targets: number;
  readonly stages: readonly Stage[];
  /** Does a step and says how long it took. */
  stage<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** The same for a step that rows build on: the first that needs it does it, and the others get what came of it. */
  once<T>(what: string, work: () => Promise<T>): Promise<T>;
}

export function createWorld(bed: Testbed, size: number): World {
  const stages: Stage[] = [];
  const done = new Map<string, Promise<unknown>>();
  const stage: World['stage'] = async (what, work) => {
    console.log(`  ${what} ...`);
    const started = performance.now();
    const result = await work();
    const seconds = (performance.now() - started) / 1000;
    stages.push({ what, seconds });
    console.log(`  ${what}: ${seconds.toFixed(1)} s`);
    return result;
  };
  return {
    bed,
    operators: new Operators(bed),
    size,
    targets: 0,
    stages,
    stage,
    once<T>(what: string, work: () => Promise<T>) {
      const known = done.get(what) as Promise<T> | undefined;
      const result = known ?? stage(what, work);
      done.set(what, result);
      return result;
    },
  };
}
