import { type Stall, stalls } from '../api/reasons.ts';
import { parseRoleArn } from '../aws/role-arn.ts';
import { sessionName } from '../aws/session-name.ts';
import type { Identity, IdentityRoot, RoleHop } from '../identity/identity.ts';
import type { RegistryFacts, WinnerFacts } from './registry-facts.ts';

/** The identity of a registry, or why there is none. */
export type Resolution = { kind: 'resolved'; identity: Identity } | { kind: 'stalled'; stall: Stall };

/** Who the operator is to AWS for a registry. The winner is used or the registry stalls: never another identity. */
export function resolveIdentity(facts: RegistryFacts): Resolution {
  const root = resolveRoot(facts);
  if ('reason' in root) return { kind: 'stalled', stall: root };
  const { region, credentials } = facts.registry.spec;
  const name = sessionName([facts.identityNamespace, nameOfRoot(root)]);
  const hops = (credentials.assumeRoles ?? []).map((hop): RoleHop => ({
    ...hop,
    sessionName: hop.sessionName ?? name,
  }));
  return { kind: 'resolved', identity: { root, sessionName: name, hops, stsRegion: region } };
}

function resolveRoot(facts: RegistryFacts): IdentityRoot | Stall {
  const { registry, identityNamespace: namespace, winner, accessKey } = facts;
  const { source } = registry.spec.credentials;
  // Nobody said where the identities of cluster registries live.
  if (namespace === '' && source !== 'Operator') return stalls.noIdentityNamespace();
  switch (source) {
    case 'Operator':
      return facts.mayUseOperatorIdentity ? { source: 'Operator' } : stalls.operatorIdentityNotAllowed();
    case 'AccessKey': {
      const { secretName = '', version } = accessKey ?? {};
      if (version === undefined) return stalls.accessKeyNotFound(namespace, secretName);
      return { source: 'AccessKey', namespace, secretName, version };
    }
    case 'ServiceAccount':
      return winner === undefined ? stalls.noServiceAccount() : rootOfWinner(namespace, winner);
  }
}

function rootOfWinner(namespace: string, winner: WinnerFacts): IdentityRoot | Stall {
  const { level, name, exists, role } = winner;
  if (!exists) return stalls.serviceAccountNotFound(level, namespace, name);
  if (role === undefined) return stalls.noRole(level, namespace, name);
  const arn = parseRoleArn(role.roleArn);
  if (!arn.ok) return stalls.invalidRole(level, namespace, name, role.annotation, arn.reason);
  return { source: 'ServiceAccount', namespace, serviceAccount: name, roleArn: role.roleArn };
}

/** Sessions are named after who opens them, not after the registry: registries that share an identity share a session. */
function nameOfRoot(root: IdentityRoot): string {
  switch (root.source) {
    case 'ServiceAccount':
      return root.serviceAccount;
    case 'AccessKey':
      return root.secretName;
    case 'Operator':
      return 'operator';
  }
}
