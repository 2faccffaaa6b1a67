import { parseKey, serviceAccounts } from '../../kube/object.ts';
import type { ControllerDeps, QueueOptions } from '../controller.ts';
import type { ClusterView } from '../view/cluster-view.ts';
import type { AccountFacts } from '../view/account-facts.ts';
import { LinkSources } from './link-sources.ts';
import { wantedLinks } from './wanted-links.ts';

/** The part of the view that links rest on. */
export interface LinkView extends Pick<ClusterView, 'accounts' | 'namespaces'> {
  secrets: Pick<ClusterView['secrets'], 'get'>;
  registries: Pick<ClusterView['registries'], 'get'>;
  clusterRegistries: Pick<ClusterView['clusterRegistries'], 'get'>;
}

interface Deps extends Pick<ControllerDeps, 'queue'> {
  view: LinkView;
}

/** Many Secrets come at once when a cluster registry is made; a new service account goes before them. */
const low: QueueOptions = { priority: 'low' };

/** Which service accounts to look at when something changes: those whose links are not as they should be. */
export class AccountLinks {
  readonly #deps: Deps;
  readonly #sources = new LinkSources();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** All service accounts with something to do, as far as their metadata tell. */
  *unsettled(): Generator<string> {
    for (const [key, account] of this.#deps.view.accounts.entries())
      if (!this.isSettled(key, account)) yield key;
  }

  /** Whether the links of a service account are as they should be, and nobody changed the list since. */
  isSettled(key: string, { links, intact }: AccountFacts): boolean {
    const wanted = this.wanted(key, links);
    if (wanted === undefined) return true;
    const same = wanted.length === links.length && wanted.every((name, i) => name === links[i]);
    return same && (links.length === 0 || intact);
  }

  /** The Secrets that it should name; undefined in a namespace that is on its way, where nothing matters any more. */
  wanted(key: string, recorded: readonly string[]): string[] | undefined {
    const { view } = this.#deps;
    const { namespace = '', name } = parseKey(key);
    const facts = view.namespaces.get(namespace);
    // An operator of one namespace sees no namespaces at all; to any other, one that is not there is gone or about to come.
    if (view.namespaces.size > 0 && facts?.terminating !== false) return undefined;
    const sources = this.#sources.in(namespace, facts);
    if (sources.length === 0) return [];
    const ownerOf = (secretName: string): string | undefined =>
      view.secrets.get(`${namespace}/${secretName}`)?.ownerUid;
    return wantedLinks({ sources, serviceAccount: name, recorded, ownerOf });
  }

  registryChanged(key: string): void {
    if (this.#sources.setRegistry(key, this.#deps.view.registries.get(key))) {
      this.#lookAtAllIn(parseKey(key).namespace ?? '');
    }
  }

  clusterRegistryChanged(name: string): void {
    if (!this.#sources.setClusterRegistry(name, this.#deps.view.clusterRegistries.get(name))) return;
    for (const key of this.unsettled()) this.#deps.queue(serviceAccounts.kind, key, low);
  }

  namespaceChanged(namespace: string): void {
    this.#lookAtAllIn(namespace);
  }

  /** A Secret with the operator's label came or went, or belongs to another object now. */
  secretCameOrWent(key: string): void {
    this.#lookAtAllIn(parseKey(key).namespace ?? '');
  }

  accountChanged(key: string): void {
    const account = this.#deps.view.accounts.get(key);
    // One that is gone is looked at as well: what is remembered of it goes.
    if (account === undefined) this.#deps.queue(serviceAccounts.kind, key, low);
    else if (!this.isSettled(key, account)) this.#deps.queue(serviceAccounts.kind, key);
  }

  #lookAtAllIn(namespace: string): void {
    const { view, queue } = this.#deps;
    for (const name of view.accounts.namesIn(namespace)) {
      const key = `${namespace}/${name}`;
      const account = view.accounts.get(key);
      if (account !== undefined && !this.isSettled(key, account)) queue(serviceAccounts.kind, key, low);
    }
  }
}
