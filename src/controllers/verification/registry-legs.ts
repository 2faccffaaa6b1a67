import { type Stall, stalls } from '../../api/reasons.ts';
import type { StageName, Verify, VerifyRepository } from '../../api/verification.ts';
import type { Identity } from '../../identity/identity.ts';
import type { Level } from '../../identity/levels.ts';
import type { Leg } from '../../verification/plan.ts';
import type { AnyRegistry, RegistryFacts } from '../registry-facts.ts';
import { resolveIdentity } from '../registry-identity.ts';
import { tokensOf } from '../registry-tokens.ts';

/** The stages of a registry of any scope. Pure. A suspended one is verified too: before it is resumed is the best time. */
export function legsOfRegistry(facts: RegistryFacts): Leg[] {
  const resolution = resolveIdentity(facts);
  if (resolution.kind === 'stalled') return [stalledLeg(undefined, resolution.stall)];
  const { registry, winner } = facts;
  const repositories = repositoriesOf(registry.spec);
  return [readyLeg(undefined, registry, resolution.identity, { level: winner?.level, repositories })];
}

/** What is tried beyond the login, in `spec.verify`. */
export function repositoriesOf({ verify }: { verify?: Verify | undefined }): readonly VerifyRepository[] {
  return verify?.repositories ?? [];
}

/** A leg that logs in to a registry with an identity. */
export function readyLeg(
  subject: string | undefined,
  registry: Pick<AnyRegistry, 'spec' | 'metadata'>,
  identity: Identity,
  more: { level: Level | undefined; repositories: readonly VerifyRepository[] },
): Leg {
  try {
    const logins = tokensOf(registry, identity).map(({ desired, request }) => ({
      request,
      hostsFor: desired.hostsFor,
    }));
    return { kind: 'ready', subject, identity, logins, ...more };
  } catch (error) {
    return stalledLeg(subject, stalls.invalidRegistry((error as Error).message));
  }
}

/** A leg on which nothing can be tried before somebody changes something. */
export function stalledLeg(subject: string | undefined, stall: Stall): Leg {
  return { kind: 'stalled', subject, stage: stageOf(stall), stall };
}

/** Where an identity begins. */
export type Source = AnyRegistry['spec']['credentials']['source'];

/** A leg of which the cluster could not be asked who logs in, and so nothing can be tried. */
export function unknownLeg(source: Source | undefined, error: Error): Leg {
  const hasAccount = source === undefined || source === 'ServiceAccount';
  return {
    kind: 'unknown',
    subject: undefined,
    stage: hasAccount ? 'ServiceAccount' : 'CallerIdentity',
    error,
  };
}

/** The stage at which it shows that something is missing, by reason; all others are about the service account. */
const stages: Readonly<Record<string, StageName>> = {
  [stalls.accessKeyNotFound('', '').reason]: 'CallerIdentity',
  [stalls.operatorIdentityNotAllowed().reason]: 'CallerIdentity',
  [stalls.invalidRegistry('').reason]: 'AuthorizationToken',
};

function stageOf({ reason }: Stall): StageName {
  return stages[reason] ?? 'ServiceAccount';
}
