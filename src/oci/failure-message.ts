import type { OciCall, OciErrorFacts, OciOperation } from './error-model.ts';

const longestMessage = 900;
const longestName = 120;
const leastSaid = 60;

const publicHosts: ReadonlySet<string> = new Set(['public.ecr.aws', 'ecr-public.aws.com']);

const verbs: Readonly<Record<OciOperation, string>> = {
  ping: 'ping',
  headManifest: 'look up',
  listTags: 'list tags of',
  headBlob: 'look for a layer in',
  startUpload: 'start an upload to',
  cancelUpload: 'cancel the upload to',
  token: 'get a token from',
};

/** The actions that AWS checks for an operation, for registries that do not name the one that is missing. */
const actions: Readonly<Record<OciOperation, string>> = {
  ping: 'ecr:GetAuthorizationToken',
  headManifest: 'ecr:BatchGetImage',
  listTags: 'ecr:ListImages',
  headBlob: 'ecr:BatchCheckLayerAvailability',
  startUpload: 'ecr:InitiateLayerUpload',
  cancelUpload: 'ecr:InitiateLayerUpload',
  token: 'the access',
};

/** `<verb> <host>/<repository>:<tag> failed: <what was said> (code <code>, HTTP <status>, request <id>). <next step>` */
export function failureMessage(call: OciCall, facts: OciErrorFacts, nextStep: string): string {
  const head = `${verbs[call.operation]} ${oneLine(objectOf(call), longestName * 2)} failed: `;
  const status = facts.status === 0 ? '' : `, HTTP ${facts.status}`;
  const request = facts.requestId === undefined ? '' : `, request ${oneLine(facts.requestId, 60)}`;
  const tail = ` (code ${oneLine(facts.code, 60)}${status}${request}). ${nextStep}`;
  // What the registry said is cut first: the next step is worth more than the end of a long message.
  const room = Math.max(leastSaid, longestMessage - head.length - tail.length);
  const said = oneLine(facts.said, room).replace(/\.$/, '') || 'no message';
  return oneLine(head + said + tail, longestMessage);
}

/** Puts the names of the call in the place of `{host}`, `{repository}` and `{action}`. */
export function fillIn(template: string, call: OciCall, action: string | undefined): string {
  const words: Readonly<Record<string, string>> = {
    host: oneLine(call.host),
    repository: oneLine(call.repository ?? 'the repository'),
    action: action ?? actionOf(call),
  };
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => words[name] ?? whole);
}

/** ECR Public has actions of its own, and none for reading: everybody may. */
function actionOf({ operation, host }: OciCall): string {
  if (!publicHosts.has(host)) return actions[operation];
  if (operation === 'headManifest' || operation === 'listTags') return 'the access';
  return actions[operation].replace(/^ecr:/, 'ecr-public:');
}

function objectOf({ host, repository, reference }: OciCall): string {
  if (repository === undefined) return host;
  const suffix = reference === undefined ? '' : `${reference.includes(':') ? '@' : ':'}${reference}`;
  return `${host}/${repository}${suffix}`;
}

/** Whatever a registry sends stays on one line, without control characters, and within `max` characters. */
export function oneLine(text: string, max = longestName): string {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line.length <= max ? line : `${line.slice(0, max - 3)}...`;
}
