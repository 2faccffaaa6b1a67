import { partsOf, type Stall, stalls } from '../../src/api/reasons.ts';
import type { Entry } from './entry.ts';

/** Each reason that the cluster gives, with general words in the place of names. The type leaves none out. */
const examples: Readonly<Record<keyof typeof stalls, Stall>> = {
  noServiceAccount: stalls.noServiceAccount(),
  serviceAccountNotFound: stalls.serviceAccountNotFound('account', '<namespace>', '<name>'),
  noRole: stalls.noRole('account', '<namespace>', '<name>'),
  invalidRole: stalls.invalidRole('account', '<namespace>', '<name>', '<annotation>', '<what is wrong>'),
  accessKeyNotFound: stalls.accessKeyNotFound('<namespace>', '<name>'),
  operatorIdentityNotAllowed: stalls.operatorIdentityNotAllowed(),
  noIdentityNamespace: stalls.noIdentityNamespace(),
  invalidRegistry: stalls.invalidRegistry('<what is wrong>'),
  hostNotListed: stalls.hostNotListed('<host>', ['<hosts>']),
  registryNotFound: stalls.registryNotFound('<namespace>', '<name>'),
  clusterRegistryNotFound: stalls.clusterRegistryNotFound('<name>'),
  namespaceNotSelected: stalls.namespaceNotSelected('<namespace>', '<name>'),
  noRegistries: stalls.noRegistries('<namespace>'),
  registrySuspended: stalls.registrySuspended('EcrRegistry <namespace>/<name>'),
  notAllowed: stalls.notAllowed('trigger', '<name>', 'EcrRegistry <registry>', ['<patterns>']),
  secretNameTaken: stalls.secretNameTaken('<secret>', '<trigger>'),
  hostTaken: stalls.hostTaken('<registry>', '<host>', '<winner>'),
  targetsFailed: stalls.targetsFailed(2, 10, '<namespace>: <what is wrong>'),
  targetsPending: stalls.targetsPending(2, 10),
  suspended: stalls.suspended(),
  secretConflict: stalls.secretConflict('<namespace>', '<name>', '<whose it is>', '<field>'),
  secretDeleting: stalls.secretDeleting('<namespace>', '<name>'),
  writeFailed: stalls.writeFailed('<namespace>', '<name>', '<what the API server said>'),
};

/** For those whose message has the next step behind a semicolon, or none. */
const todos: Partial<Record<keyof typeof stalls, string>> = {
  targetsFailed: 'Read status.failures, and do what it says for each namespace.',
  targetsPending: 'Nothing: it passes by itself.',
  suspended: 'Set spec.suspend to false to go on.',
  secretConflict: 'Delete it, or set <field> to another name.',
  secretDeleting: 'Remove the finalizer that keeps the Secret, if it stays.',
  writeFailed:
    'Do what the API server says: rights of the operator, quotas and admission policies are the usual causes. It is tried again.',
};

/** What the cluster itself can tell, before anybody is asked. */
export const clusterEntries: readonly Entry[] = (Object.keys(examples) as (keyof typeof stalls)[]).map(
  (name) => {
    const stall = examples[name];
    const { what, nextStep } = partsOf(stall);
    const own = todos[name];
    return own === undefined
      ? { reason: stall.reason, meaning: sentence(what), todo: sentence(nextStep) }
      : { reason: stall.reason, meaning: sentence(stall.message.split('; ')[0] ?? ''), todo: own };
  },
);

/** Names of fields keep their small letter. */
function sentence(text: string): string {
  if (/^[a-z]+\./.test(text)) return `${text}.`;
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
