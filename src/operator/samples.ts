import type { ClusterEcrRegistry } from '../api/cluster-ecr-registry.ts';
import { conditionTypes } from '../api/conditions.ts';
import type { EcrPipeline } from '../api/ecr-pipeline.ts';
import type { EcrRegistry } from '../api/ecr-registry.ts';
import type { ClusterView } from '../controllers/view/cluster-view.ts';
import type { Sample } from './object-metrics.ts';

/** What `/metrics` says of each object that the watch shows. */
export function* samplesOf({
  registries,
  pipelines,
  clusterRegistries,
}: Pick<ClusterView, 'registries' | 'pipelines' | 'clusterRegistries'>): Generator<Sample> {
  for (const [, registry] of registries.entries()) yield sampleOf('registry', registry);
  for (const [, pipeline] of pipelines.entries()) yield sampleOf('pipeline', pipeline);
  for (const [, registry] of clusterRegistries.entries()) {
    yield { ...sampleOf('cluster_registry', registry), targets: registry.status?.targets };
  }
}

function sampleOf(
  kind: Sample['kind'],
  { metadata, status }: EcrRegistry | EcrPipeline | ClusterEcrRegistry,
): Sample {
  const namespace = 'namespace' in metadata ? metadata.namespace : undefined;
  const ready = status?.conditions?.some((c) => c.type === conditionTypes.ready && c.status === 'True');
  const expiresAtMs = status?.expiresAt === undefined ? undefined : Date.parse(status.expiresAt);
  return { kind, namespace, name: metadata.name, ready: ready === true, expiresAtMs };
}
