import { errorChain } from '../../base/error-chain.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { Outcome } from '../../kube/controller-loop.ts';
import { ApiError, isConflict, isNotFound } from '../../kube/errors.ts';
import { parseKey, serviceAccounts } from '../../kube/object.ts';
import type { Controller, ControllerDeps } from '../controller.ts';
import { observeAccount } from '../view/account-facts.ts';
import type { AccountLinks, LinkView } from './account-links.ts';
import { planLinks } from './plan.ts';
import { RepairPace } from './repair-pace.ts';
import { type ServiceAccount, writeLinks } from './write-links.ts';

const done: Outcome = { kind: 'done' };

interface Deps extends Pick<ControllerDeps, 'clock' | 'log'> {
  client: Pick<KubeClient, 'get' | 'apply' | 'mergePatch'>;
  view: Pick<LinkView, 'accounts'>;
}

/** Keeps the Secrets of registries that ask for it in the imagePullSecrets of service accounts. */
export function createServiceAccountController(deps: Deps, links: AccountLinks): Controller {
  const pace = new RepairPace();
  const warned = new Set<string>();
  return {
    kind: serviceAccounts.kind,
    keys: () => links.unsettled(),
    async reconcile(key, signal) {
      const account = deps.view.accounts.get(key);
      if (account === undefined) {
        pace.forget(key);
        warned.delete(key);
        return done;
      }
      if (links.isSettled(key, account)) return done;
      try {
        const outcome = await link(deps, links, pace, key, signal);
        warned.delete(key);
        return outcome;
      } catch (error) {
        return failed(deps, warned, key, error);
      }
    },
  };
}

async function link(
  { client, clock, log }: Deps,
  links: AccountLinks,
  pace: RepairPace,
  key: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const found = await client.get<ServiceAccount>(serviceAccounts, parseKey(key), { signal });
  if (found === undefined) return done;
  const { links: recorded } = observeAccount(found.metadata);
  const wanted = links.wanted(key, recorded);
  const plan = wanted && planLinks(found.imagePullSecrets ?? [], recorded, wanted);
  if (plan === undefined) return done;
  if (plan.restores) {
    const afterMs = pace.waitMs(key, clock.now());
    if (afterMs > 0) return { kind: 'requeue', afterMs, reason: 'somebody keeps taking a link out' };
    pace.repaired(key, clock.now());
  }
  await writeLinks(client, found, plan, signal);
  const { added, removed } = plan;
  log.debug({ serviceAccount: key, added, removed }, 'wrote the imagePullSecrets of a service account');
  return done;
}

/** One service account that fails has a back-off of its own. What stays wrong is said once. */
function failed({ log }: Deps, warned: Set<string>, key: string, error: unknown): Outcome {
  if (isNotFound(error)) return done;
  if (!(error instanceof ApiError)) throw error;
  if (!isConflict(error) && !warned.has(key)) {
    warned.add(key);
    log.warn(
      { serviceAccount: key, error: errorChain(error) },
      'cannot write the imagePullSecrets of a service account, will retry: is the operator allowed to get and patch it?',
    );
  }
  return { kind: 'retry', reason: error.reason };
}
