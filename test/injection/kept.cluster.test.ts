import { beforeAll, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { createInjection } from './fixture.ts';
import { busy, login, podWith, textOf } from './pod.ts';

const i = await createInjection();
const labels = { 'ecr-operator.dev/pipeline': 'build' };

beforeAll(async () => {
  await i.works(labels);
  const foreign = podWith(labels, { volumes: [{ name: login.volume, emptyDir: {} }] });
  await waitFor('foreign volumes to be refused', async () => (await i.refusal(foreign)).status !== 201);
});

it('a pod that went through the policy goes through it again byte for byte', async () => {
  const once = await i.admit(podWith(labels, busy));
  const again = podWith(labels, once.spec);
  expect(textOf(await i.admit(again))).toBe(textOf(await i.admitWithoutPolicy(again)));
});

it('a container that a webhook added in between gets what the others have', async () => {
  const { spec } = await i.admit(podWith(labels));
  const containers = [...spec.containers, { name: 'late', image: 'proxy' }];
  const after = await i.admit(podWith(labels, { ...spec, containers }));
  expect(after.spec).toMatchObject({ imagePullSecrets: spec.imagePullSecrets, volumes: spec.volumes });
  expect(after.spec.containers).toMatchObject([
    spec.containers[0],
    { name: 'late', env: [login.env], volumeMounts: [login.mount] },
  ]);
});

it.each([
  ['a DOCKER_CONFIG of its own', { env: [{ name: 'DOCKER_CONFIG', value: '/own' }] }],
  ['something mounted at the path', { volumeMounts: [{ name: 'work', mountPath: login.path }] }],
  [
    'something mounted at the path with a / at its end',
    { volumeMounts: [{ name: 'work', mountPath: `${login.path}/` }] },
  ],
  ...['/kaniko/.docker', '/root/.docker/', '/root/.docker/config.json'].map((mountPath): [string, object] => [
    `a docker config mounted at ${mountPath}`,
    { volumeMounts: [{ name: 'work', mountPath }] },
  ]),
])('a container with %s stays as it is, and the others get the login', async (_, own) => {
  const containers = [
    { name: 'own', image: 'app', ...own },
    { name: 'other', image: 'app' },
  ];
  const pod = podWith(labels, { volumes: [{ name: 'work', emptyDir: {} }], containers });
  const [before, after] = [await i.admitWithoutPolicy(pod), await i.admit(pod)];
  expect(after.spec.containers[0]).toEqual(before.spec.containers[0]);
  expect(after.spec.containers[1]).toMatchObject({ env: [login.env], volumeMounts: [login.mount] });
});

it.each(['/root/.dockerfiles', '/work/docker', '/root/.docker/contexts'])(
  'a container with something mounted at %s gets the login all the same',
  async (mountPath) => {
    const containers = [{ name: 'main', image: 'app', volumeMounts: [{ name: 'work', mountPath }] }];
    const { spec } = await i.admit(
      podWith(labels, { volumes: [{ name: 'work', emptyDir: {} }], containers }),
    );
    expect(spec.containers).toMatchObject([{ env: [login.env], volumeMounts: [{ mountPath }, login.mount] }]);
  },
);

it.each([
  ['no Secret', { emptyDir: {} }],
  ['another Secret', { secret: { secretName: 'build.release-ecr' } }],
])('a pod whose volume of the same name is %s is refused with the reason', async (_, source) => {
  const { status, body } = await i.refusal(podWith(labels, { volumes: [{ name: login.volume, ...source }] }));
  expect(status).toBe(422);
  expect((body as { message: string }).message).toContain(
    'has a volume ecr-operator-docker-config that is not of the Secret build-ecr, which its labels name',
  );
});

it('a pod that asks for no login may have a volume of that name', async () => {
  const pod = podWith(
    { 'ecr-operator.dev/pipeline': '' },
    { volumes: [{ name: login.volume, emptyDir: {} }] },
  );
  expect(textOf(await i.admit(pod))).toBe(textOf(await i.admitWithoutPolicy(pod)));
});

it('a pod whose containers all stay as they are gets no volume, only the pull Secret', async () => {
  const containers = [{ name: 'own', image: 'app', env: [{ name: 'DOCKER_CONFIG', value: '/own' }] }];
  const { spec } = await i.admit(podWith(labels, { containers }));
  expect(spec.volumes).toEqual([]);
  expect(spec.imagePullSecrets).toEqual([{ name: 'build-ecr' }]);
});
