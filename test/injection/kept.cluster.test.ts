import { beforeAll, expect, it } from 'vitest';
import { createInjection } from './fixture.ts';
import { busy, login, podWith, textOf } from './pod.ts';

const i = await createInjection();
const labels = { 'ecr-operator.dev/pipeline': 'build' };

beforeAll(() => i.works(labels));

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

it('a pod whose containers all stay as they are gets no volume, only the pull Secret', async () => {
  const containers = [{ name: 'own', image: 'app', env: [{ name: 'DOCKER_CONFIG', value: '/own' }] }];
  const { spec } = await i.admit(podWith(labels, { containers }));
  expect(spec.volumes).toEqual([]);
  expect(spec.imagePullSecrets).toEqual([{ name: 'build-ecr' }]);
});
