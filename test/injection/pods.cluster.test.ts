import { beforeAll, describe, expect, it } from 'vitest';
import { type KubeObject, serviceAccounts } from '../../src/kube/object.ts';
import { waitFor } from '../support/wait-for.ts';
import { createInjection } from './fixture.ts';
import { busy, type Container, login, type Pod, podWith, textOf } from './pod.ts';

const i = await createInjection();
const labels = { 'ecr-operator.dev/pipeline': 'build' };
beforeAll(() => i.works(labels));

const all = ({ spec }: Pod): Container[] => [...spec.initContainers, ...spec.containers];
const namesOf = (list: readonly { name: string }[]): string[] => list.map(({ name }) => name);

describe('a pod with the label of a pipeline', () => {
  it('pulls with the Secret of the pipeline and mounts it as config.json', async () => {
    const { spec } = await i.admit(podWith(labels));
    expect(spec.imagePullSecrets).toEqual([{ name: 'build-ecr' }]);
    const items = [{ key: '.dockerconfigjson', path: 'config.json' }];
    expect(spec.volumes).toEqual([
      { name: login.volume, secret: { secretName: 'build-ecr', items, defaultMode: 0o644 } },
    ]);
  });

  it('has the Secret of the trigger instead when it has the label of a trigger', async () => {
    const { spec } = await i.admit(podWith({ ...labels, 'ecr-operator.dev/trigger': 'release' }));
    expect(spec.imagePullSecrets).toEqual([{ name: 'build.release-ecr' }]);
    expect(spec.volumes).toMatchObject([{ secret: { secretName: 'build.release-ecr' } }]);
  });

  it('has DOCKER_CONFIG and the mount in every container, init containers and sidecars too', async () => {
    const pod = await i.admit(podWith(labels, busy));
    expect(namesOf(all(pod))).toEqual(['clone', 'dind', 'test', 'build']);
    for (const container of all(pod)) {
      expect(container.env.at(-1)).toEqual(login.env);
      expect(container.volumeMounts.at(-1)).toEqual(login.mount);
    }
  });

  it('keeps everything that it had, in its order, with the login at the end', async () => {
    const [before, after] = [
      await i.admitWithoutPolicy(podWith(labels, busy)),
      await i.admit(podWith(labels, busy)),
    ];
    expect(namesOf(after.spec.imagePullSecrets)).toEqual(['z-foreign', 'a-foreign', 'build-ecr']);
    expect(namesOf(after.spec.volumes)).toEqual(['work', 'cache', login.volume]);
    const without = all(after).map((container) => ({
      ...container,
      env: container.env.slice(0, -1),
      volumeMounts: container.volumeMounts.slice(0, -1),
    }));
    expect(without).toEqual(all(before));
  });

  it('keeps the pull Secrets of its service account', async () => {
    const { client, namespace } = i;
    const account = { metadata: { namespace, name: 'puller' }, imagePullSecrets: [{ name: 'of-account' }] };
    await client.create<KubeObject & typeof account>(serviceAccounts, account);
    const pod = podWith(labels, { serviceAccountName: 'puller' });
    // Admission learns of the service account by a watch.
    const { spec } = await waitFor('the pod to be taken', () => i.admit(pod));
    expect(namesOf(spec.imagePullSecrets)).toEqual(['of-account', 'build-ecr']);
  });
});

describe('a pod that is not meant', () => {
  it.each([
    ['without labels', {}],
    ['with the label of a trigger alone', { 'ecr-operator.dev/trigger': 'release' }],
    ['with an empty label', { 'ecr-operator.dev/pipeline': '' }],
    ['with a label of another system', { 'tekton.dev/pipeline': 'build' }],
  ])('%s is stored byte for byte as without the policy', async (_, other) => {
    const pod = podWith(other, busy);
    expect(textOf(await i.admit(pod))).toBe(textOf(await i.admitWithoutPolicy(pod)));
  });
});
