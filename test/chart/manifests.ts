import { z } from 'zod';

/** Any object that the chart renders. */
export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

const Rule = z.strictObject({
  apiGroups: z.array(z.string()),
  resources: z.array(z.string()),
  resourceNames: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
});

/** A Role or ClusterRole. */
export const Role = Manifest.extend({ rules: z.array(Rule) });
export type Role = z.infer<typeof Role>;

const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  env: z.array(z.looseObject({ name: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  securityContext: z.looseObject({ readOnlyRootFilesystem: z.boolean() }),
});

/** The Deployment of the operator: one container. */
export const Deployment = Manifest.extend({
  spec: z.looseObject({
    replicas: z.number(),
    selector: z.object({ matchLabels: z.record(z.string(), z.string()) }),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({ serviceAccountName: z.string(), containers: z.tuple([Container]) }),
    }),
  }),
});
export type Deployment = z.infer<typeof Deployment>;

/** All objects of a kind, in the order of the text. */
export function ofKind(manifests: readonly Manifest[], kind: string): Manifest[] {
  return manifests.filter((manifest) => manifest.kind === kind);
}

/** The one Deployment among the manifests. */
export function deploymentOf(manifests: readonly Manifest[]): Deployment {
  const [deployment, ...others] = ofKind(manifests, 'Deployment');
  if (deployment === undefined || others.length > 0) throw new Error('not exactly one Deployment');
  return Deployment.parse(deployment);
}

/** `Kind namespace/name` of every object, sorted. */
export function namesOf(manifests: readonly Manifest[]): string[] {
  return manifests
    .map(({ kind, metadata }) => `${kind} ${[metadata.namespace, metadata.name].filter(Boolean).join('/')}`)
    .toSorted();
}
