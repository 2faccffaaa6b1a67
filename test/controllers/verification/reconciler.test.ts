import { beforeEach, expect, test } from 'vitest';
import type { EcrRegistry } from '../../../src/api/ecr-registry.ts';
import { annotations } from '../../../src/api/names.ts';
import { silentLog } from '../../../src/base/log.ts';
import {
  createVerifications,
  type VerificationDeps,
} from '../../../src/controllers/verification/reconciler.ts';
import type { VerifiedPart } from '../../../src/controllers/view/status-parts.ts';
import { ApiError } from '../../../src/kube/errors.ts';
import { createVerifier } from '../../../src/verification/verifier.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { fakeWorld } from '../../verification/fakes.ts';
import { registry } from '../ecr-registry/fixtures.ts';

const never = new AbortController().signal;
const asking = (time: string): EcrRegistry =>
  registry(
    { credentials: { source: 'ServiceAccount', serviceAccounts: { account: 'puller' } } },
    { annotations: { [annotations.testRequestedAt]: time } },
  );

/** What was written into statuses, recorded as events, and asked of AWS. */
let written: VerifiedPart[];
let events: string[];
let asked: string[];
/** What the API server does with a status, and with a question for a service account. */
let write: () => Promise<void>;
let account: () => Promise<{ exists: boolean; role: { roleArn: string; annotation: string } }>;
let object: EcrRegistry;

beforeEach(() => {
  [written, events] = [[], []];
  write = () => Promise.resolve();
  const roleArn = 'arn:aws:iam::111122223333:role/puller';
  account = () => Promise.resolve({ exists: true, role: { roleArn, annotation: 'role' } });
  object = asking('2026-01-01T12:00:00Z');
});

function controller() {
  const clock = new ManualClock();
  const { deps, said } = fakeWorld(clock);
  asked = said;
  const none = { get: () => undefined, entries: () => [] };
  const registries = {
    get: () => object,
    entries: () => [['ci/prod', object]],
    applyVerified(_client: unknown, _type: unknown, _object: unknown, part: VerifiedPart) {
      written.push(part);
      return write();
    },
  };
  const view = { registries, clusterRegistries: none, pipelines: none, serviceAccount: () => account() };
  const { controllers } = createVerifications({
    clock,
    log: silentLog,
    view,
    client: {},
    settings: { runtimeServiceAccount: '', allowOperatorIdentity: false, clusterIdentityNamespace: '' },
    events: { record: ({ message }: { message: string }) => void events.push(message) },
    queue: () => undefined,
    verifier: createVerifier(deps),
    verified: () => undefined,
  } as unknown as VerificationDeps);
  const [first] = controllers;
  if (first === undefined) throw new Error('there is no controller');
  return first;
}

test('a result that the API server refuses is told by an event, and the stages are not run again', async () => {
  write = () => Promise.reject(new ApiError('apply status', 422, { reason: 'Invalid', message: 'no' }));
  const { reconcile } = controller();
  expect(await reconcile('ci/prod', never)).toMatchObject({ kind: 'stalled', reason: 'Invalid' });
  expect(events).toHaveLength(1);
  const calls = asked.length;
  expect(calls).toBeGreaterThan(0);
  expect(await reconcile('ci/prod', never)).toEqual({ kind: 'done' });
  expect(asked).toHaveLength(calls);
  object = asking('2026-01-01T12:00:01Z');
  await reconcile('ci/prod', never);
  expect(asked.length).toBeGreaterThan(calls);
});

test('a write that fails for another reason is tried again', async () => {
  write = () => Promise.reject(new ApiError('apply status', 500, { message: 'etcd' }));
  await expect(controller().reconcile('ci/prod', never)).rejects.toThrow('etcd');
});

test('where the cluster cannot be asked, that is a first stage that failed, and the verification has ended', async () => {
  account = () => Promise.reject(new ApiError('get serviceaccounts ci/puller', 403, { message: 'not you' }));
  expect(await controller().reconcile('ci/prod', never)).toEqual({ kind: 'done' });
  const { verification, conditions } = written.at(-1) ?? {};
  expect(verification).toMatchObject({ ok: false, stages: [{ name: 'ServiceAccount', ok: false }] });
  expect(verification?.finishedAt).toBeDefined();
  expect(conditions?.[0]?.message).toContain('get serviceaccounts ci/puller: the API server answered 403');
  expect(asked).toEqual([]);
});
