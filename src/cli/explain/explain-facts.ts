import type { Condition } from '../../api/conditions.ts';
import type { Subject } from '../kinds.ts';
import { readyOf } from '../get/rows.ts';
import type { Explanation } from './explanation.ts';
import type { Facts, Failure } from './facts.ts';
import { explainSecrets } from './secrets.ts';

/** Pure: from what was seen to what is told. */
export function explainFacts(facts: Facts): Explanation {
  const { subject } = facts;
  const { name, namespace } = subject.object.metadata as { name: string; namespace?: string };
  const ready = readyOf(subject);
  const conditions = subject.object.status?.conditions ?? [];
  const lastFailure = lastFailureOf(facts, conditions);
  return {
    kind: subject.kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(ready === undefined ? {} : { ready }),
    remarks: remarksOn(subject),
    secrets: explainSecrets(facts),
    ...(lastFailure === undefined ? {} : { lastFailure }),
    conditions,
    notChecked: notChecked(facts),
  };
}

function remarksOn(subject: Subject): string[] {
  const { generation } = subject.object.metadata;
  const seen = subject.object.status?.observedGeneration;
  const remarks: string[] = [];
  if (seen === undefined)
    remarks.push('no operator has looked at it yet: is one running, and does it watch this namespace?');
  else if (seen !== generation)
    remarks.push(
      `the operator has seen generation ${seen} of ${generation}: what follows is about the older one, in part`,
    );
  if (subject.kind !== 'EcrPipeline' && subject.object.spec.suspend)
    remarks.push('it is suspended: nothing is refreshed before spec.suspend is false');
  return remarks;
}

/** What is wrong now, else the newest thing that went wrong. */
function lastFailureOf({ subject, warnings }: Facts, conditions: readonly Condition[]): Failure | undefined {
  const failing = conditions
    .filter(({ status }) => status === 'False')
    .map(({ lastTransitionTime: time, reason, message }) => ({ time, reason, message }));
  const [now] = failing;
  if (now !== undefined) return now;
  const { stages, finishedAt: tested } = subject.object.status?.verification ?? {};
  const stage = stages?.findLast(({ ok }) => !ok);
  const test: Failure[] =
    stage === undefined || tested === undefined
      ? []
      : [{ time: tested, reason: stage.code ?? stage.name, message: `test: ${stage.message}` }];
  const all = [...test, ...(warnings.seen ? (warnings.value ?? []) : [])];
  return all.toSorted((a, b) => Date.parse(b.time) - Date.parse(a.time))[0];
}

/** Each reason once, with what it keeps from sight. */
function notChecked({ registries, accounts, secrets, warnings }: Facts): string[] {
  const unseen = new Map<string, string[]>();
  const add = (what: string, looked: { readonly seen: boolean; readonly why?: string }): void => {
    if (looked.why !== undefined) unseen.set(looked.why, [...(unseen.get(looked.why) ?? []), what]);
  };
  for (const { name, registry } of registries) add(`EcrRegistry ${name}`, registry);
  for (const [name, looked] of accounts) add(`service account ${name}`, looked);
  for (const [name, looked] of secrets) add(`Secret ${name}`, looked);
  add('events', warnings);
  return [...unseen].map(([why, what]) => `${what.join(', ')}: ${why}`);
}
