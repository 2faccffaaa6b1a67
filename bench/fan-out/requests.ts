import type { RequestCounts } from '../api-requests.ts';

const reads = new Set(['GET', 'LIST', 'WATCH']);

/** How many writes were asked for; refused ones count too. `resource` limits them to one kind, such as `secrets`. */
export function writesOf(requests: RequestCounts, resource?: string): number {
  return [...requests].reduce((sum, [kind, count]) => {
    const [verb = '', what = ''] = kind.split(' ');
    return reads.has(verb) || (resource !== undefined && what !== resource) ? sum : sum + count;
  }, 0);
}
