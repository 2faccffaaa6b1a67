import { type EcrPipeline, ecrPipelines, targetsOf } from '../../src/api/ecr-pipeline.ts';
import { ecrPipeline } from '../../src/api/ecr-pipeline.schema.ts';
import { ecrRegistry } from '../../src/api/ecr-registry.schema.ts';
import { type EcrRegistry, ecrRegistries } from '../../src/api/ecr-registry.ts';
import { wantedOf } from '../../src/controllers/ecr-registry/desired.ts';
import { manifests } from './manifests.ts';

const ownAccount = '111122223333';

/** The EcrRegistry objects that the documents show, as the API server would fill them in. */
export function shownRegistries(): EcrRegistry[] {
  return manifests()
    .filter(({ content }) => content.kind === ecrRegistries.kind)
    .map(({ content }) => ({ ...content, ...ecrRegistry.parse(content) }) as EcrRegistry);
}

/** The EcrPipeline objects that the documents show. */
export function shownPipelines(): EcrPipeline[] {
  return manifests()
    .filter(({ content }) => content.kind === ecrPipelines.kind)
    .map(({ content }) => ({ ...content, ...ecrPipeline.parse(content) }) as EcrPipeline);
}

/** By the name of each Secret that these objects have: the hosts that it logs in to. */
export function shownSecrets(): ReadonlyMap<string, ReadonlySet<string>> {
  const registries = shownRegistries();
  const own = registries.map(
    (registry) => [wantedOf(registry, identity).desired.name, hostsOf(registry)] as const,
  );
  const shared = shownPipelines().flatMap((pipeline) => {
    const used = registries.filter(({ metadata: { name, namespace } }) => {
      const selected = pipeline.spec.registries;
      if (namespace !== pipeline.metadata.namespace) return false;
      return selected === undefined || selected.some((registry) => registry.name === name);
    });
    const hosts = new Set(used.flatMap((registry) => [...hostsOf(registry)]));
    return targetsOf(pipeline).map(({ secretName }) => [secretName, hosts] as const);
  });
  return new Map([...own, ...shared]);
}

const identity = {
  root: { source: 'Operator' as const },
  sessionName: 's',
  hops: [],
  stsRegion: 'eu-west-1',
};

/** The identity of the examples is of the account of the last role. */
function hostsOf(registry: EcrRegistry): Set<string> {
  const role = registry.spec.credentials.assumeRoles?.at(-1)?.roleArn;
  const account = role?.split(':')[4] ?? ownAccount;
  return new Set(wantedOf(registry, identity).desired.tokens.flatMap((token) => token.hostsFor(account)));
}
