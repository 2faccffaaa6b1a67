import type { Figure } from './figures.ts';
import type { World } from './world.ts';

/** A line of the table of promises: it brings the cluster to where it has to be, and measures. */
export interface Row {
  /** For `--only`. */
  name: string;
  title: string;
  run(world: World): Promise<Figure[]>;
}
