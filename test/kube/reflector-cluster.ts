import { randomUUID } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Log } from '../../src/base/log.ts';
import type { KubeClient } from '../../src/kube/client.ts';
import { namespaces, secrets, type KubeObject } from '../../src/kube/object.ts';
import { createReflector, type Reflector } from '../../src/kube/reflector.ts';

/** A reflector of the Secrets with the label `app=ecr` in one namespace, and all that it saw, told and logged. */
export interface Observed {
  readonly reflector: Reflector<string>;
  /** The JSON of every object that reached the process. */
  readonly seen: readonly string[];
  /** `name before>now`, with resource versions as `+` and nothing as `-`. */
  readonly changes: readonly string[];
  readonly logged: readonly string[];
}

const mark = (value: string | undefined): string => (value === undefined ? '-' : '+');

/** Runs one until the test ends. `metadataOnly` and a short silence when not said otherwise. */
export function observe(
  client: Pick<KubeClient, 'watch' | 'listPages'>,
  namespace: string,
  o: { readonly idleMs?: number } = {},
): Observed {
  const seen: string[] = [];
  const changes: string[] = [];
  const logged: string[] = [];
  const record = (fields: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { debug: record, info: record, warn: record, error: record };
  const reflector = createReflector<string>({
    client,
    type: secrets,
    namespace,
    labelSelector: 'app=ecr',
    metadataOnly: true,
    trim(object) {
      seen.push(JSON.stringify(object));
      return object.metadata.resourceVersion;
    },
    onChange(key, now, before) {
      changes.push(`${key.split('/')[1] ?? key} ${mark(before)}>${mark(now)}`);
    },
    clock: systemClock,
    random: Math.random,
    log,
    ...o,
  });
  const stop = new AbortController();
  const running = reflector.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await running;
  });
  return { reflector, seen, changes, logged };
}

/** Creates a namespace of its own for a test and gives its name. */
export async function newNamespace(client: KubeClient): Promise<string> {
  const name = `test-${randomUUID().slice(0, 8)}`;
  await client.create(namespaces, { metadata: { name } });
  return name;
}

/** A Secret whose data is a canary that must not get anywhere. */
export function secret(namespace: string, name: string, labels: Record<string, string> = { app: 'ecr' }) {
  return { metadata: { namespace, name, labels }, stringData: { key: 'canary-in-a-coal-mine' } };
}

/** How the canary looks in `data`. */
export const canary = Buffer.from('canary-in-a-coal-mine').toString('base64');

/** A client without streaming lists, as an older API server has none: the rest is the real one. */
export function withoutStreamingLists(
  client: KubeClient,
  refusal: () => Error,
): Pick<KubeClient, 'watch' | 'listPages'> {
  return {
    listPages: <T extends KubeObject>(...[type, o]: Parameters<KubeClient['listPages']>) =>
      client.listPages<T>(type, { ...o, pageSize: 2 }),
    watch<T extends KubeObject>(...[type, o]: Parameters<KubeClient['watch']>) {
      if (o?.sendInitialEvents === true) throw refusal();
      return client.watch<T>(type, o);
    },
  };
}
