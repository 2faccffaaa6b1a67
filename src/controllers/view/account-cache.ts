import { roleOfServiceAccount, type ServiceAccountRole } from '../../identity/service-account-role.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, parseKey, serviceAccounts } from '../../kube/object.ts';
import { createReflector, type Reflector, type ReflectorOptions } from '../../kube/reflector.ts';
import { type AccountFacts, observeAccount } from './account-facts.ts';

/** All service accounts, by their metadata alone. */
export interface AccountCache extends Pick<
  Reflector<AccountFacts>,
  'get' | 'entries' | 'run' | 'synced' | 'hasSynced'
> {
  namesIn(namespace: string): readonly string[];
}

type Options = Pick<ReflectorOptions<AccountFacts>, 'client' | 'namespace' | 'clock' | 'random' | 'log'> & {
  /** Told of each one that came, went, or names another role. */
  roleChanged(key: string): void;
  /** Told of each change. */
  accountChanged(key: string): void;
};

export function createAccountCache({ roleChanged, accountChanged, ...common }: Options): AccountCache {
  // Lists, since most namespaces have one service account: a Set for each would take three times as much.
  const names = new Map<string, readonly string[]>();
  const accounts = createReflector<AccountFacts>({
    ...common,
    type: serviceAccounts,
    metadataOnly: true,
    trim: (object) => observeAccount(object.metadata),
    onChange(key, now, before) {
      if ((now === undefined) !== (before === undefined)) index(names, key, now !== undefined);
      if (now === undefined || before === undefined || now.role?.roleArn !== before.role?.roleArn)
        roleChanged(key);
      accountChanged(key);
    },
  });
  return { ...accounts, namesIn: (namespace) => names.get(namespace) ?? [] };
}

function index(byNamespace: Map<string, readonly string[]>, key: string, exists: boolean): void {
  const { namespace = '', name } = parseKey(key);
  const others = (byNamespace.get(namespace) ?? []).filter((other) => other !== name);
  const names = exists ? [...others, name] : others;
  if (names.length === 0) byNamespace.delete(namespace);
  else byNamespace.set(namespace, names);
}

/** A service account as it is used: whether it is there, and its role. */
export interface FoundAccount {
  exists: boolean;
  role: ServiceAccountRole | undefined;
}

/** One without a role in the cache is looked up: it may be newer than that, and whoever made it waits. */
export async function lookUpServiceAccount(
  client: Pick<KubeClient, 'get'>,
  accounts: Pick<AccountCache, 'get'>,
  key: string,
  signal: AbortSignal,
): Promise<FoundAccount> {
  const role = accounts.get(key)?.role;
  if (role !== undefined) return { exists: true, role };
  const found = await client.get<KubeObject>(serviceAccounts, parseKey(key), { metadataOnly: true, signal });
  return { exists: found !== undefined, role: roleOfServiceAccount(found?.metadata.annotations) };
}
