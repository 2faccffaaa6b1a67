import {
  type EcrRegistry,
  ecrRegistries,
  type EcrRegistryStatus,
  secretNameOf,
} from '../../api/ecr-registry.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { waitForForeign } from '../foreign-secrets.ts';
import { lookAt } from '../next-look.ts';
import { reportTransitions } from '../report-transitions.ts';
import { requestedTime } from '../refresh-request.ts';
import { isForeign, nextSecretLook } from '../secret-report.ts';
import { syncSecret, type SyncResult } from '../sync-secret.ts';
import { removeUnwanted } from '../unwanted-secrets.ts';
import { decide, type Decision } from './decide.ts';
import { dependenciesOf, observe } from './observe.ts';
import { proceedStatus, stalledStatus } from './status.ts';
import { transitions } from './transitions.ts';
import type { World } from './world.ts';

type Proceed = Extract<Decision, { kind: 'proceed' }>;

const kind = ecrRegistries.kind;

export function createEcrRegistryController(deps: ControllerDeps): Controller {
  return {
    kind,
    *keys() {
      for (const [key] of deps.view.registries.entries()) yield key;
    },
    reconcile: (key, signal) => reconcile(deps, key, signal),
  };
}

async function reconcile(deps: ControllerDeps, key: string, signal: AbortSignal): Promise<Outcome> {
  const { view, settings, dependents, clock } = deps;
  const registry = view.registries.get(key);
  if (registry === undefined || registry.metadata.deletionTimestamp !== undefined) {
    dependents.remove(`${kind} ${key}`);
    view.registries.forget(key);
    return { kind: 'done' };
  }
  // Noted before anything is read: what changes from here on comes as an event.
  dependents.set(`${kind} ${key}`, dependenciesOf(registry, settings));
  const world = await observe(registry, settings, view, signal);
  const decision = decide(world, clock.now());
  if (decision.kind === 'stalled') {
    await report(deps, registry, stalledStatus(world, decision.stall, clock.now()), undefined, signal);
    return { kind: 'stalled', ...decision.stall };
  }
  return proceed(deps, world, decision, signal);
}

async function proceed(
  deps: ControllerDeps,
  world: World,
  decision: Proceed,
  signal: AbortSignal,
): Promise<Outcome> {
  const { view, clock } = deps;
  const { registry, secret: observed } = world;
  const target = targetKey(registry);
  const result = await syncSecret(deps, { ...decision, observed }, signal);
  if (result.write.kind === 'written') view.secrets.wrote(target, result.write.observed);
  if (view.secrets.get(target)?.ownerUid === registry.metadata.uid) {
    await removeUnwanted(deps, registry.metadata.uid, [target], signal);
  }
  await report(deps, registry, proceedStatus(world, decision, result, clock.now()), result, signal);
  if (result.write.kind === 'failed') throw result.write.error;
  if (isForeign(decision, result)) {
    const id = `${kind} ${registry.metadata.namespace}/${registry.metadata.name}`;
    return waitForForeign(deps, id, dependenciesOf(registry, deps.settings), [target], signal);
  }
  const requested = requestedTime(registry.metadata.annotations);
  const now = clock.now();
  return lookAt(
    [nextSecretLook(decision, observed, result, now), requested > now ? requested : undefined],
    now,
  );
}

async function report(
  deps: ControllerDeps,
  registry: EcrRegistry,
  status: EcrRegistryStatus,
  result: SyncResult | undefined,
  signal: AbortSignal,
): Promise<void> {
  reportTransitions(deps, registry, transitions(registry.status, status, result));
  await deps.view.registries.apply(deps.client, ecrRegistries, registry, status, signal);
}

function targetKey(registry: EcrRegistry): string {
  return `${registry.metadata.namespace}/${secretNameOf(registry)}`;
}
