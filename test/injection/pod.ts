import { z } from 'zod';

const Container = z.looseObject({
  name: z.string(),
  env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })).default([]),
});
export type Container = z.infer<typeof Container>;

const Volume = z.looseObject({
  name: z.string(),
  secret: z.looseObject({ secretName: z.string() }).optional(),
});

/** The parts of an admitted pod that a login shows in. */
export const Pod = z.looseObject({
  spec: z.looseObject({
    imagePullSecrets: z.array(z.object({ name: z.string() })).default([]),
    volumes: z.array(Volume).default([]),
    initContainers: z.array(Container).default([]),
    containers: z.array(Container),
  }),
});
export type Pod = z.infer<typeof Pod>;

/** A pod as a user writes it, without a token volume, whose name would be random. */
export function podWith(labels: Readonly<Record<string, string>>, spec: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'build-7f2', labels },
    spec: { automountServiceAccountToken: false, containers: [{ name: 'main', image: 'app' }], ...spec },
  };
}

/** The Secret that every container of a pod logs in with and that its images are pulled with; undefined: none. */
export function loginOf({ spec }: Pod): string | undefined {
  const [pull, ...morePull] = spec.imagePullSecrets.map(({ name }) => name);
  const [volume, ...moreVolumes] = spec.volumes;
  const all = [...spec.initContainers, ...spec.containers];
  const mounts = all.flatMap((container) => container.volumeMounts.map(({ name }) => name));
  if (pull === undefined && volume === undefined && mounts.length === 0) return undefined;
  const complete =
    morePull.length + moreVolumes.length === 0 &&
    volume?.secret?.secretName === pull &&
    mounts.length === all.length &&
    mounts.every((name) => name === volume?.name);
  if (!complete) throw new Error(`a login in parts: ${JSON.stringify(spec)}`);
  return pull;
}

const path = '/var/run/secrets/ecr-operator.dev/docker';
const volume = 'ecr-operator-docker-config';

/** What a container gets: DOCKER_CONFIG, and the volume at the default path. */
export const login = {
  path,
  volume,
  env: { name: 'DOCKER_CONFIG', value: path },
  mount: { name: volume, mountPath: path, readOnly: true },
} as const;

/** What is stored, as text; without what differs between any two pods and any two namespaces. */
export function textOf(pod: Pod): string {
  const { metadata, ...rest } = pod as Pod & { metadata: object };
  const same = {
    namespace: undefined,
    uid: undefined,
    creationTimestamp: undefined,
    managedFields: undefined,
  };
  return JSON.stringify({ ...rest, metadata: { ...metadata, ...same } });
}

/** A pod with every part that injection adds to, in an order that sorting would change. */
export const busy = {
  imagePullSecrets: [{ name: 'z-foreign' }, { name: 'a-foreign' }],
  volumes: [
    { name: 'work', emptyDir: {} },
    { name: 'cache', emptyDir: {} },
  ],
  initContainers: [
    { name: 'clone', image: 'git' },
    { name: 'dind', image: 'docker', restartPolicy: 'Always', env: [{ name: 'X', value: '1' }] },
  ],
  containers: [
    {
      name: 'test',
      image: 'app',
      env: ['Z', 'A', 'Z'].map((name, index) => ({ name, value: `${index}` })),
      ports: ['UDP', 'TCP'].map((protocol) => ({ containerPort: 53, protocol })),
      volumeMounts: [
        { name: 'work', mountPath: '/work' },
        { name: 'cache', mountPath: '/cache' },
      ],
    },
    { name: 'build', image: 'kaniko' },
  ],
};
