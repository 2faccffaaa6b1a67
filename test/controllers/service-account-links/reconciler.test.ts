import { beforeEach, expect, it } from 'vitest';
import { ApiError } from '../../../src/kube/errors.ts';
import { createWorld, defaultAccount } from './world.ts';

const key = 'ci/default';
const refusal = (status: number, reason: string): ApiError =>
  new ApiError('apply serviceaccounts ci/default', status, { reason });
let world: ReturnType<typeof createWorld>;

beforeEach(() => {
  world = createWorld();
  world.addRegistry();
  world.addSecret('ci/prod-ecr');
  world.setAccount(defaultAccount([]));
});

it('links are applied, and the last one is taken out with a patch', async () => {
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  expect(world.sent.splice(0)).toEqual(['get', 'apply']);
  world.view.registries.clear();
  world.links.registryChanged('ci/prod');
  world.setAccount(defaultAccount(['prod-ecr'], 'prod-ecr'));
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  expect(world.sent).toEqual(['get', 'mergePatch']);
});

it('one that is as it should be costs no request', async () => {
  world.setAccount(defaultAccount(['prod-ecr'], 'prod-ecr'));
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  world.removeAccount(key);
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  expect(world.sent).toEqual([]);
});

it('one whose list somebody else changed without harm is read and not written', async () => {
  world.setAccount(defaultAccount(['prod-ecr', 'mine'], 'prod-ecr', 'kubectl'));
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  expect(world.sent).toEqual(['get']);
});

it('one that was deleted in between is done', async () => {
  world.server.refusal = refusal(404, 'NotFound');
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
  world.server.account = undefined;
  expect(await world.reconcile(key)).toEqual({ kind: 'done' });
});

it('a refused write is tried again, and warned of once until it works', async () => {
  world.server.refusal = refusal(403, 'Forbidden');
  expect(await world.reconcile(key)).toEqual({ kind: 'retry', reason: 'Forbidden' });
  expect(await world.reconcile(key)).toEqual({ kind: 'retry', reason: 'Forbidden' });
  expect(world.warnings).toHaveLength(1);
  expect(world.warnings[0]).toMatchObject({ serviceAccount: key });
  world.server.refusal = undefined;
  await world.reconcile(key);
  world.server.refusal = refusal(403, 'Forbidden');
  await world.reconcile(key);
  expect(world.warnings).toHaveLength(2);
});

it('a write that somebody else came before is tried again without a warning', async () => {
  world.server.refusal = refusal(409, 'Conflict');
  expect(await world.reconcile(key)).toEqual({ kind: 'retry', reason: 'Conflict' });
  expect(world.warnings).toEqual([]);
});

it('a tool that takes the link out over and over meets a growing delay', async () => {
  world.setAccount(defaultAccount(['mine'], 'prod-ecr', 'tool'));
  await world.reconcile(key);
  expect(world.sent.splice(0)).toEqual(['get', 'apply']);
  expect(await world.reconcile(key)).toMatchObject({ kind: 'requeue', afterMs: 1_000 });
  await world.clock.advance(1_000);
  await world.reconcile(key);
  expect(world.sent.splice(0)).toEqual(['get', 'get', 'apply']);
  expect(await world.reconcile(key)).toMatchObject({ kind: 'requeue', afterMs: 2_000 });
});
