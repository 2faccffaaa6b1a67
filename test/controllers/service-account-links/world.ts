import { AccountLinks } from '../../../src/controllers/service-account-links/account-links.ts';
import { type AccountFacts, observeAccount } from '../../../src/controllers/view/account-facts.ts';
import { createServiceAccountController } from '../../../src/controllers/service-account-links/reconciler.ts';
import type { ServiceAccount } from '../../../src/controllers/service-account-links/write-links.ts';
import type { ClusterEcrRegistry } from '../../../src/api/cluster-ecr-registry.ts';
import type { EcrRegistry } from '../../../src/api/ecr-registry.ts';
import type { NamespaceFacts } from '../../../src/controllers/view/namespace-facts.ts';
import { silentLog } from '../../../src/base/log.ts';
import { parseKey } from '../../../src/kube/object.ts';
import type { ObservedSecret } from '../../../src/secrets/observed-secret.ts';
import { registry } from '../ecr-registry/fixtures.ts';
import { desiredSecret, observedSecret } from '../../secrets/fixtures.ts';
import { ManualClock } from '../../support/manual-clock.ts';

/** A view made of maps, one service account behind the API, and a log of what is sent and warned of. */
export function createWorld() {
  const accounts = new Map<string, AccountFacts>();
  const view = {
    accounts: {
      get: (key: string) => accounts.get(key),
      entries: () => accounts.entries(),
      namesIn: (namespace: string) =>
        [...accounts.keys()].map(parseKey).flatMap((key) => (key.namespace === namespace ? [key.name] : [])),
    },
    namespaces: new Map<string, NamespaceFacts>(),
    secrets: new Map<string, ObservedSecret>(),
    registries: new Map<string, EcrRegistry>(),
    clusterRegistries: new Map<string, ClusterEcrRegistry>(),
  };
  const queued: string[] = [];
  const links = new AccountLinks({ view, queue: (_kind, key) => void queued.push(key) });
  const sent: string[] = [];
  const warnings: object[] = [];
  const server: { account: ServiceAccount | undefined; refusal: Error | undefined } = {
    account: undefined,
    refusal: undefined,
  };
  const write = async (verb: string): Promise<never> => {
    sent.push(verb);
    if (server.refusal !== undefined) throw server.refusal;
    return {} as never;
  };
  const client = {
    async get() {
      sent.push('get');
      return server.account as never;
    },
    apply: () => write('apply'),
    mergePatch: () => write('mergePatch'),
  };
  const clock = new ManualClock();
  const log = { ...silentLog, warn: (fields: object) => void warnings.push(fields) };
  const controller = createServiceAccountController({ client, view, clock, log }, links);
  return {
    view,
    links,
    queued,
    sent,
    warnings,
    server,
    clock,
    /** The service account as both the API server and the cache have it. */
    setAccount(account: ServiceAccount): void {
      const { namespace = '', name } = account.metadata;
      server.account = account;
      accounts.set(`${namespace}/${name}`, observeAccount(account.metadata));
    },
    removeAccount: (key: string) => void accounts.delete(key),
    reconcile: (key: string) => controller.reconcile(key, new AbortController().signal),
    keys: () => [...controller.keys()],
    /** Registry `prod` of namespace `ci` links `default`. */
    addRegistry(): void {
      const imagePullSecrets = { serviceAccounts: ['default'] };
      view.registries.set('ci/prod', registry({ imagePullSecrets }));
      links.registryChanged('ci/prod');
    },
    addSecret(key: string, ownerUid = 'uid-prod'): void {
      view.secrets.set(key, observedSecret(desiredSecret([]), { ownerUid }));
      links.secretCameOrWent(key);
    },
  };
}

/** Service account `default` of namespace `ci`; `record` is what the operator recorded, `owner` who owns its list. */
export function defaultAccount(list: string[], record?: string, owner = 'ecr-operator'): ServiceAccount {
  return {
    metadata: {
      namespace: 'ci',
      name: 'default',
      uid: 'uid-sa',
      resourceVersion: '1',
      ...(record === undefined ? {} : { annotations: { 'ecr-operator.dev/image-pull-secrets': record } }),
      managedFields: [{ manager: owner, operation: 'Apply', fieldsV1: { 'f:imagePullSecrets': {} } }],
    },
    imagePullSecrets: list.map((name) => ({ name })),
  };
}
