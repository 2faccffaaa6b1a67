import type { Stage } from '../../api/verification.ts';
import type { Ended, Progress } from './progress.ts';

/** Stages that were not seen before. */
export interface NewStages {
  readonly stages: readonly Stage[];
  /** How many there were before them that nobody will see: a status had no room for them any more. */
  readonly missed: number;
}

/** Tells what is new each time that it is given the progress of a test. */
export function newStages(): (progress: Progress) => NewStages {
  let seen = 0;
  return (progress) => {
    if (progress.kind === 'waiting') seen = 0;
    if (progress.kind === 'waiting') return { stages: [], missed: 0 };
    const total = countOf(progress);
    // Another test took the place of this one.
    if (total < seen) seen = 0;
    const { ended, omitted } = progress;
    const news = { stages: ended.slice(Math.max(0, seen - omitted)), missed: Math.max(0, omitted - seen) };
    seen = total;
    return news;
  };
}

/** How many stages have ended. */
function countOf({ ended, omitted }: Ended): number {
  return omitted + ended.length;
}
