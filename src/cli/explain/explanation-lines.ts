import { relativeTime, shortDuration } from '../durations.ts';
import type { Paint } from '../paint.ts';
import { tableLines } from '../table.ts';
import type { Explanation, LoginExplanation, SecretExplanation, SecretState } from './explanation.ts';

/** An explanation for people. `now` is epoch milliseconds. */
export function explanationLines(explanation: Explanation, now: number, paint: Paint): string[] {
  const { remarks, secrets, notChecked } = explanation;
  return [
    headline(explanation, now, paint),
    ...remarks.map((remark) => paint('yellow', `Note: ${remark}`)),
    ...secrets.flatMap((secret) => ['', ...secretLines(secret, now, paint)]),
    '',
    paint('bold', 'Last failure'),
    `  ${describeFailure(explanation, now)}`,
    ...conditionLines(explanation, now, paint),
    ...(notChecked.length === 0
      ? []
      : ['', paint('bold', 'Not looked at'), ...notChecked.map((line) => `  ${line}`)]),
  ];
}

function headline({ kind, namespace, name, ready }: Explanation, now: number, paint: Paint): string {
  const subject = paint('bold', `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`);
  if (ready === undefined) return `${subject} has no status`;
  const state =
    ready.status === 'True' ? paint('green', 'is ready') : paint('red', `is not ready, ${ready.reason}`);
  return `${subject} ${state}, since ${shortDuration(now - Date.parse(ready.lastTransitionTime))}: ${ready.message}`;
}

const states: Record<SecretState, string> = {
  exists: 'yes',
  missing: 'no',
  foreign: 'yes, but it belongs to something else and is not touched',
  deleting: 'it is being deleted',
  unknown: 'not looked at',
};

function secretLines(secret: SecretExplanation, now: number, paint: Paint): string[] {
  const { name, trigger, targets, problem, hosts } = secret;
  const title = `Secret ${name}${trigger === undefined ? '' : ` of trigger ${trigger}`}`;
  const present =
    targets === undefined
      ? states[secret.state]
      : `in ${targets.ready} of ${targets.desired} selected namespaces, ${targets.failed} failed`;
  const rows = [
    ['exists', present],
    ['logs in to', hosts[0] ?? 'nothing yet'],
    ...hosts.slice(1).map((host) => ['', host]),
    ['expires', timeText(secret.expiresAt, now)],
    ['next refresh', timeText(secret.refreshAt, now)],
    ...(problem === undefined ? [] : [['problem', paint('red', problem)]]),
  ];
  return [
    paint('bold', title),
    ...tableLines(rows).map((line) => `  ${line}`),
    ...secret.logins.flatMap((login) => loginLines(login, paint)),
  ];
}

function loginLines(
  { registry, levels, identity, assumeRoles, callerArn }: LoginExplanation,
  paint: Paint,
): string[] {
  const rows = levels.map(({ level, serviceAccount, from, wins }) => [
    `${wins ? '>' : ' '} ${level}`,
    serviceAccount ?? '-',
    from,
  ]);
  const table = rows.length === 0 ? [] : tableLines([['  LEVEL', 'SERVICE ACCOUNT', 'FROM'], ...rows]);
  return [
    `  registry ${registry}`,
    ...table.map((line) => `  ${line.startsWith('>') ? paint('green', line) : line}`),
    ...(identity === undefined ? [] : [`    as ${identity}`]),
    ...assumeRoles.map((role) => `    then role ${role}`),
    ...(callerArn === undefined ? [] : [`    AWS calls it ${callerArn}`]),
  ];
}

function timeText(time: string | undefined, now: number): string {
  const relative = relativeTime(time, now);
  return relative === undefined ? '-' : `${relative} (${time})`;
}

function describeFailure({ lastFailure, ready }: Explanation, now: number): string {
  if (lastFailure === undefined) return 'none that anybody remembers';
  const { time, reason, message } = lastFailure;
  return `${relativeTime(time, now) ?? 'some time ago'}: ${reason}: ${unlessTold(message, ready)}`;
}

/** The headline has the message of Ready, which can be long: it is not told again. */
function unlessTold(message: string, ready: Explanation['ready']): string {
  return message === ready?.message ? 'see above' : message;
}

function conditionLines({ conditions, ready }: Explanation, now: number, paint: Paint): string[] {
  if (conditions.length === 0) return [];
  const rows = conditions.map(({ type, status, reason, message, lastTransitionTime }) => [
    type,
    status,
    shortDuration(now - Date.parse(lastTransitionTime)),
    reason,
    unlessTold(message, ready),
  ]);
  return ['', paint('bold', 'Conditions'), ...tableLines(rows).map((line) => `  ${line}`)];
}
