import type { PipelineTarget } from '../../api/ecr-pipeline.ts';
import type { EcrRegistrySpec } from '../../api/ecr-registry.ts';
import { isAllowed } from '../../identity/allowed.ts';
import type { LoginExplanation } from './explanation.ts';
import type { Facts, RegistryFact } from './facts.ts';
import { type LevelLine, levelLines, type SeenWinner } from './level-lines.ts';

type Credentials = Pick<EcrRegistrySpec, 'credentials'>;

/** Who logs in for a registry itself; `identity` is what its status says. */
export function loginOfRegistry(
  registry: string,
  spec: Credentials,
  identity: (SeenWinner & { readonly callerArn?: string | undefined }) | undefined,
  facts: Pick<Facts, 'accounts' | 'secrets'> | undefined,
): LoginExplanation {
  const callerArn = identity?.callerArn;
  return {
    ...explainLogin(registry, spec, levelLines(spec, identity), facts),
    ...(callerArn === undefined ? {} : { callerArn }),
  };
}

/** Who logs in for a registry in one Secret of a pipeline; `winner` is what the status says. */
export function loginOfTarget(
  { name, registry, isCluster }: RegistryFact,
  of: PipelineTarget,
  winner: SeenWinner | undefined,
  facts: Facts,
): LoginExplanation {
  if (!registry.seen) {
    const said =
      winner?.serviceAccount === undefined
        ? ''
        : `; the status says service account ${winner.serviceAccount} of level ${winner.level}`;
    return { registry: name, levels: [], identity: `not looked at, ${registry.why}${said}`, assumeRoles: [] };
  }
  if (registry.value === undefined)
    return { registry: name, levels: [], identity: 'there is no such registry', assumeRoles: [] };
  const { spec } = registry.value;
  const described = isCluster ? name.replace('/', ' ') : `EcrRegistry ${name}`;
  const lines = levelLines(spec, winner, { registry: described, of });
  const won = lines.find(({ wins }) => wins);
  // What a cluster registry itself names lives elsewhere.
  const elsewhere = isCluster && won?.level !== 'pipeline' && won?.level !== 'trigger';
  const login = explainLogin(name, spec, lines, elsewhere ? undefined : facts);
  const { allowed } = spec.credentials.serviceAccounts ?? {};
  if (won?.serviceAccount === undefined || isAllowed({ ...won, serviceAccount: won.serviceAccount }, allowed))
    return login;
  return { ...login, identity: `${login.identity}; refused: not in the registry's allowed list` };
}

function explainLogin(
  registry: string,
  { credentials }: Credentials,
  lines: readonly LevelLine[],
  facts: Pick<Facts, 'accounts' | 'secrets'> | undefined,
): LoginExplanation {
  const { source, accessKey, assumeRoles = [] } = credentials;
  const common = { registry, source, assumeRoles: assumeRoles.map(({ roleArn }) => roleArn) };
  switch (source) {
    case 'Operator':
      return { ...common, levels: [], identity: "the operator's own AWS identity; levels do not matter" };
    case 'AccessKey': {
      const name = accessKey?.secretName ?? '';
      const identity = `the keys in Secret ${name} (${keysState(name, facts)}); levels do not matter`;
      return { ...common, levels: [], identity };
    }
    case 'ServiceAccount':
      return { ...common, levels: lines, identity: describeWinner(lines, facts) };
  }
}

function keysState(name: string, facts: Pick<Facts, 'secrets'> | undefined): string {
  if (facts === undefined) return "in the operator's namespace";
  const looked = facts.secrets.get(name);
  if (looked?.seen !== true) return 'not looked at';
  return looked.value === undefined ? 'which does not exist: create it' : 'which exists';
}

function describeWinner(lines: readonly LevelLine[], facts: Pick<Facts, 'accounts'> | undefined): string {
  const name = lines.find(({ wins }) => wins)?.serviceAccount;
  if (name === undefined) return 'no level names a service account';
  if (facts === undefined) return `service account ${name}, in the namespace that the operator has for these`;
  const looked = facts.accounts.get(name);
  if (looked?.seen !== true) return `service account ${name} (not looked at)`;
  if (looked.value === undefined) return `service account ${name}, which does not exist: create it`;
  const { role } = looked.value;
  return role === undefined
    ? `service account ${name}, which has no annotation that names an IAM role`
    : `service account ${name} with role ${role.roleArn} (annotation ${role.annotation})`;
}
