import type { EcrRegistrySpec, RegistryEntry } from '../api/ecr-registry.ts';
import type { EcrApi } from '../aws/api.ts';
import { publicRegistryHosts, registryHost } from '../aws/hosts.ts';
import { parseRoleArn } from '../aws/role-arn.ts';
import { tokenKey, type TokenRequest } from '../aws/token-source.ts';
import { shortHash } from '../base/hash.ts';
import { finalRoleArn, type Identity } from '../identity/identity.ts';
import type { DesiredToken } from '../secrets/desired-secret.ts';
import type { AnyRegistry } from './registry-facts.ts';

/** A token that a Secret should have, and how to ask for it. */
export interface WantedToken {
  desired: DesiredToken;
  request: TokenRequest;
}

type Endpoint = RegistryEntry['endpoints'][number];
type Placed = RegistryEntry & { region: string };

/** Id of the token for ECR Public; regions name the others. */
const publicTokenId = 'public';

/** Stands for the account of the caller where a registry lists none and the identity does not tell it. */
const callersAccount = '';

/**
 * The tokens of a registry for an identity: one for each region, and one for ECR Public. `prefix` begins their ids. Throws
 * an Error that names the entry where a registry has no such host.
 */
export function tokensOf({ spec }: AnyRegistry, identity: Identity, prefix = ''): WantedToken[] {
  const wanted = (
    id: string,
    api: EcrApi,
    what: unknown,
    hostsFor: DesiredToken['hostsFor'],
  ): WantedToken => {
    const request = { identity, api };
    const key = tokenKey(request);
    const hash = shortHash(`${key} ${JSON.stringify(what)}`);
    const dropWhenExpired = api.kind === 'public';
    return { desired: { id: prefix + id, tokenKey: key, hash, dropWhenExpired, hostsFor }, request };
  };
  const tokens = [...byRegion(spec, identity)].map(([region, entries]) => {
    const what = entries.map((e) => [e.accountId, e.endpoints]);
    return wanted(region, apiOf(region, entries), what, (caller) => hostsOf(entries, caller));
  });
  if (!spec.public) return tokens;
  return [...tokens, wanted(publicTokenId, { kind: 'public' }, [], () => [...publicRegistryHosts])];
}

function byRegion(spec: EcrRegistrySpec, identity: Identity): Map<string, Placed[]> {
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
