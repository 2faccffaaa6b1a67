import { countOf, type RequestCounts, requestsDuring } from './api-requests.ts';
import type { SecretChanges } from './secret-changes.ts';
import { table } from './stats.ts';
import type { Testbed } from './testbed.ts';

/** What was seen of one step of a benchmark. */
export interface Step {
  what: string;
  /** `what` of the steps whose speed is the ceiling of this one. */
  ceiling: string | undefined;
  /** How many Secrets the time is about. */
  secrets: number;
  ms: number;
  sts: number;
  ecr: number;
  requests: RequestCounts;
  /** Most writes that one Secret saw. */
  most: number;
  /** How many writes of Secrets would do. */
  needed: number;
}

export interface StepInput {
  what: string;
  ceiling?: string;
  /** Secrets (`namespace/name`) that are to change. */
  keys: readonly string[];
  work: () => Promise<unknown>;
  /** Those that the time is about; default: all of them. */
  timed?: readonly string[];
  /** From when the time counts, in milliseconds of performance.now; default: the begin of `work`. */
  since?: () => number;
}

/** Does the work, waits until all Secrets have changed and all is quiet, and counts what it took. */
export async function measure(
  { aws, controlPlane }: Testbed,
  changes: SecretChanges,
  { what, ceiling, keys, work, timed = keys, since }: StepInput,
): Promise<Step> {
  let started = Number.NaN;
  const requests = await requestsDuring(controlPlane, async () => {
    aws.resetCalls();
    changes.reset();
    started = performance.now();
    await work();
    await changes.all(keys, 180_000);
  });
  const ms = Math.max(...timed.map((key) => changes.of(key).lastMs)) - (since?.() ?? started);
  return {
    what,
    ceiling,
    secrets: timed.length,
    ms,
    sts: aws.countCalls({ service: 'sts' }),
    ecr: aws.countCalls({ service: 'ecr' }),
    requests,
    most: Math.max(...keys.map((key) => changes.of(key).times)),
    needed: keys.length,
  };
}

function perSecond({ secrets, ms }: Step): number {
  return (secrets * 1000) / ms;
}

/** The speed of a step as a share of its ceiling, which is the mean of all steps of that name. */
function shareOfCeiling(step: Step, steps: readonly Step[]): string {
  const ceilings = steps.filter(({ what }) => what === step.ceiling);
  if (ceilings.length === 0) return '';
  const mean = ceilings.reduce((sum, ceiling) => sum + perSecond(ceiling), 0) / ceilings.length;
  return `${Math.round((100 * perSecond(step)) / mean)} %`;
}

/** Writes of Secrets that the API server answered, those that changed nothing or failed too. */
export function secretWrites({ requests }: Step): number {
  return countOf(requests, 'POST secrets') + countOf(requests, 'PATCH secrets');
}

/** Time, calls to AWS, and how often a Secret was written at most. */
export function describeTimes(steps: readonly Step[]): string {
  const rows = steps.map((step) => [
    step.what,
    step.secrets,
    step.ms / 1000,
    Math.round(perSecond(step)),
    shareOfCeiling(step, steps),
    step.sts,
    step.ecr,
    step.most,
  ]);
  const header = ['', 'Secrets', 'seconds', 'per second', 'of ceiling', 'STS calls', 'ECR calls'];
  return table([...header, 'most writes of one'], rows);
}

const columns = {
  'Secrets read': ['GET secrets'],
  created: ['POST secrets'],
  patched: ['PATCH secrets'],
  'status of pipelines': ['APPLY ecrpipelines/status'],
  'of registries': ['APPLY ecrregistries/status'],
  events: ['POST events', 'PATCH events'],
  'tokens of service accounts': ['POST serviceaccounts/token'],
};

/** Requests to the API server by kind, whoever made them. */
export function describeRequests(steps: readonly Step[]): string {
  const rows = steps.map(({ what, requests }) => [
    what,
    ...Object.values(columns).map((kinds) => kinds.reduce((sum, kind) => sum + countOf(requests, kind), 0)),
  ]);
  return table(['requests to the API server', ...Object.keys(columns)], rows);
}
