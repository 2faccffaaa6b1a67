import { type EcrRegistry, ecrRegistries, type RegistryEntry, secretNameOf } from '../../api/ecr-registry.ts';
import type { EcrApi } from '../../aws/api.ts';
import { publicRegistryHosts, registryHost } from '../../aws/hosts.ts';
import { parseRoleArn } from '../../aws/role-arn.ts';
import { tokenKey, type TokenRequest } from '../../aws/token-source.ts';
import { shortHash } from '../../base/hash.ts';
import { finalRoleArn, type Identity } from '../../identity/identity.ts';
import type { DesiredSecret, DesiredToken } from '../../secrets/desired-secret.ts';

/** What a registry wants: its Secret, and how to ask for each token in it. */
export interface Wanted {
  secret: DesiredSecret;
  /** By the id of the token. */
  requests: ReadonlyMap<string, TokenRequest>;
}

type Endpoint = RegistryEntry['endpoints'][number];
type Placed = RegistryEntry & { region: string };

/** Id of the token for ECR Public; regions name the others. */
const publicTokenId = 'public';

/** Throws an Error that names the entry where a registry has no such host. */
export function wantedOf(registry: EcrRegistry, identity: Identity): Wanted {
  const requests = new Map<string, TokenRequest>();
  const tokens: DesiredToken[] = [];
  const add = (id: string, api: EcrApi, hosts: unknown, hostsFor: DesiredToken['hostsFor']): void => {
    const request = { identity, api };
    const key = tokenKey(request);
    requests.set(id, request);
    tokens.push({
      id,
      region: id,
      tokenKey: key,
      hash: shortHash(`${key} ${JSON.stringify(hosts)}`),
      hostsFor,
    });
  };
  for (const [region, entries] of byRegion(registry.spec, identity)) {
    const hosts = entries.map((e) => [e.accountId, e.endpoints]);
    add(region, apiOf(region, entries), hosts, (caller) => hostsOf(entries, caller));
  }
  if (registry.spec.public) add(publicTokenId, { kind: 'public' }, [], () => [...publicRegistryHosts]);
  return { secret: secretOf(registry, tokens), requests };
}

function secretOf(registry: EcrRegistry, tokens: DesiredToken[]): DesiredSecret {
  const { metadata, spec } = registry;
  const { apiVersion, kind } = ecrRegistries;
  return {
    namespace: metadata.namespace,
    name: secretNameOf(registry),
    owner: { apiVersion, kind, name: metadata.name, uid: metadata.uid },
    deleteWithOwner: spec.deletionPolicy === 'Delete',
    labels: spec.secret.labels ?? {},
    annotations: spec.secret.annotations ?? {},
    tokens,
  };
}

/** Stands for the account of the caller where a registry lists none and the identity does not tell it. */
const callersAccount = '';

function byRegion(spec: EcrRegistry['spec'], identity: Identity): Map<string, Placed[]> {
  const own: RegistryEntry = { accountId: ownAccount(identity), endpoints: ['Standard'] };
  // An empty list, with public: true, asks for ECR Public alone.
  const entries = spec.registries ?? [own];
  const regions = new Map<string, Placed[]>();
  for (const entry of entries) {
    const placed = { ...entry, region: entry.region ?? spec.region };
    regions.set(placed.region, [...(regions.get(placed.region) ?? []), placed]);
  }
  for (const placed of regions.values()) checkHosts(placed);
  return regions;
}

/** Building each host once finds what has none before anything is asked of AWS. */
function checkHosts(entries: Placed[]): void {
  hostsOf(entries, '000000000000');
}

function ownAccount(identity: Identity): string {
  const arn = finalRoleArn(identity);
  const parsed = arn === undefined ? undefined : parseRoleArn(arn);
  return parsed?.ok ? parsed.role.accountId : callersAccount;
}

function hostsOf(entries: Placed[], callerAccountId: string | undefined): string[] {
  return entries.flatMap(({ accountId, region, endpoints }) => {
    const account = accountId === callersAccount ? callerAccountId : accountId;
    if (account === undefined) return [];
    return endpoints.map((endpoint) => registryHost({ accountId: account, region, endpoint }));
  });
}

/** The API is asked the way the registry is reached: never around FIPS, and over IPv6 where nothing else is. */
function apiOf(region: string, entries: Placed[]): EcrApi {
  const forms = entries.flatMap((e) => e.endpoints);
  const isFips = (form: Endpoint): boolean => form === 'FIPS' || form === 'FIPSDualStack';
  const isDual = (form: Endpoint): boolean => form === 'DualStack' || form === 'FIPSDualStack';
  return { kind: 'private', region, fips: forms.some(isFips), dualStack: forms.every(isDual) };
}
