import type { AwsCallContext } from './aws-call-context.ts';

const longestMessage = 512;
const longestName = 120;
const leastSaid = 60;

/** `<operation> for <whom> in <region> failed: <what AWS said> (code <code>, request <id>). <next step>` */
export function failureMessage(parts: {
  readonly context: AwsCallContext;
  /** Already scrubbed. */
  readonly said: string;
  readonly code: string;
  readonly requestId: string | undefined;
  readonly nextStep: string;
}): string {
  const { context, said, code, requestId, nextStep } = parts;
  const role = context.roleArn === undefined ? '' : ` as ${oneLine(context.roleArn)}`;
  const hop = context.hop === undefined ? '' : ` (${hopName(context.hop)})`;
  const head = `${context.operation} for ${subjectOf(context)}${role}${hop} in ${oneLine(context.region, 40)} failed: `;
  const request = requestId === undefined ? '' : `, request ${requestId}`;
  const tail = ` (code ${code}${request}). ${nextStep}`;
  // What AWS said is cut first: the next step is worth more than the end of a long message.
  const room = Math.max(leastSaid, longestMessage - head.length - tail.length);
  return clip(head + clip(said.replace(/\.$/, '') || 'no message', room) + tail, longestMessage);
}

/** Puts the names of the call in the place of `{role}` and its like. */
export function fillIn(template: string, context: AwsCallContext): string {
  const words: Record<string, string> = {
    operation: context.operation,
    region: oneLine(context.region, 40),
    role: context.roleArn === undefined ? 'the role' : oneLine(context.roleArn),
    subject: subjectOf(context),
    hop: context.hop === undefined ? 'the role' : hopName(context.hop),
    sub: subOf(context),
    audience: context.audience === undefined ? 'sts.amazonaws.com' : oneLine(context.audience),
    issuer: context.issuer === undefined ? "the cluster's issuer" : oneLine(context.issuer),
  };
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

function hopName(hop: number): string {
  return `assumeRoles[${hop}]`;
}

function subjectOf({ subject, serviceAccount }: AwsCallContext): string {
  if (subject !== undefined) return oneLine(subject);
  if (serviceAccount === undefined) return 'the caller';
  return oneLine(`service account ${serviceAccount.namespace}/${serviceAccount.name}`);
}

/** Never cut: a trust policy must hold it to the letter. */
function subOf({ serviceAccount }: AwsCallContext): string {
  if (serviceAccount === undefined) return 'system:serviceaccount:<namespace>:<name>';
  return oneLine(`system:serviceaccount:${serviceAccount.namespace}:${serviceAccount.name}`, longestMessage);
}

/** Names come from users' objects: whatever they hold, they stay on one line. */
function oneLine(text: string, max = longestName): string {
  return clip(text.replace(/[\p{C}\s]+/gu, ' ').trim(), max);
}

function clip(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
