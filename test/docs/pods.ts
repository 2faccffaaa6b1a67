import { parse } from 'yaml';
import { z } from 'zod';
import { blockNamed } from './documents.ts';
import { foreignManifests, manifests } from './manifests.ts';

const Container = z.looseObject({
  name: z.string(),
  args: z.array(z.string()).default([]),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});
export type Container = z.infer<typeof Container>;

const SecretVolume = z.looseObject({ secretName: z.string(), items: z.unknown() });
const Volume = z.looseObject({ name: z.string(), secret: SecretVolume.optional() });
const PullSecrets = z.array(z.object({ name: z.string() })).default([]);
const PodSpec = z.looseObject({
  initContainers: z.array(Container).default([]),
  containers: z.array(Container),
  imagePullSecrets: PullSecrets,
  volumes: z.array(Volume).default([]),
});

/** A pod that the documents show, by itself or as what another system makes pods of. */
export interface ShownPod {
  readonly where: string;
  readonly spec: z.infer<typeof PodSpec>;
}

export function shownPods(): ShownPod[] {
  const own = manifests().filter(({ content }) => content.kind === 'Pod');
  return [
    ...own.map(({ where, content }) => ({ where, spec: PodSpec.parse(content.spec) })),
    ...argoPods(),
    ...tektonPods(),
    ...runnerPods(),
  ];
}

/** One for each template of a Workflow: that is how Argo makes them. */
function argoPods(): ShownPod[] {
  const Template = z.looseObject({ name: z.string(), container: z.looseObject({}) });
  const Workflow = z.looseObject({
    templates: z.array(Template),
    volumes: z.array(Volume),
    imagePullSecrets: PullSecrets,
  });
  return ofKind('Workflow').flatMap(({ where, spec }) => {
    const { templates, volumes, imagePullSecrets } = Workflow.parse(spec);
    return templates.map(({ name, container }) => {
      const containers = [{ ...container, name }];
      return { where, spec: PodSpec.parse({ containers, volumes, imagePullSecrets }) };
    });
  });
}

/** Steps are containers, and a workspace is a volume that all of them have at /workspace/<name>. */
function tektonPods(): ShownPod[] {
  const Task = z.looseObject({
    workspaces: z.array(z.looseObject({ name: z.string(), readOnly: z.boolean().default(false) })),
    steps: z.array(z.looseObject({})),
  });
  const TaskRun = z.looseObject({
    taskRef: z.object({ name: z.string() }),
    params: z.array(z.object({ name: z.string(), value: z.string() })),
    podTemplate: z.object({ imagePullSecrets: PullSecrets }),
    workspaces: z.array(Volume),
  });
  return ofKind('TaskRun').map(({ where, spec }) => {
    const { taskRef, params, podTemplate, workspaces: volumes } = TaskRun.parse(spec);
    const task = Task.parse(ofKind('Task').find(({ name }) => name === taskRef.name)?.spec);
    const volumeMounts = task.workspaces.map(({ name, readOnly }) => ({
      name,
      mountPath: `/workspace/${name}`,
      ...(readOnly ? { readOnly } : {}),
    }));
    const steps = JSON.stringify(task.steps)
      .replaceAll(/\$\(workspaces\.([\w-]+)\.path\)/g, '/workspace/$1')
      .replaceAll(/\$\(params\.([\w-]+)\)/g, (_, param) => params.find((p) => p.name === param)?.value ?? '');
    const containers = z.array(z.looseObject({})).parse(JSON.parse(steps));
    const mounted = containers.map((container) => ({ ...container, volumeMounts }));
    return { where, spec: PodSpec.parse({ containers: mounted, volumes, ...podTemplate }) };
  });
}

/** The pod template of a runner scale set. */
function runnerPods(): ShownPod[] {
  const { where, text } = blockNamed('runner-scale-set.yaml');
  const Values = z.looseObject({ template: z.object({ spec: PodSpec }) });
  return [{ where, spec: Values.parse(parse(text)).template.spec }];
}

function ofKind(kind: string): { where: string; name: string; spec: unknown }[] {
  return foreignManifests()
    .filter(({ content }) => content.kind === kind)
    .map(({ where, content }) => ({ where, name: content.metadata.name, spec: content.spec }));
}
