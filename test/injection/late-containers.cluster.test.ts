import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { createInjection } from './fixture.ts';
import { installPolicies, sidecarPolicy } from './policies.ts';
import { loginOf, podWith } from './pod.ts';

const i = await createInjection();
const labels = { 'ecr-operator.dev/pipeline': 'build' };

beforeAll(() => i.works(labels));

it('containers that others add while a pod is admitted have the login too', async () => {
  // Policies run in no defined order: of several, some run after the one that gives the login.
  const sidecars = ['a', 'b', 'c', 'd', 'e'];
  const policies = sidecars.map((name) => sidecarPolicy(`${name}-${i.namespace}`, i.namespace, name));
  const { remove } = await installPolicies(i.client, policies.flat());
  onTestFinished(remove);
  await waitFor('all sidecars', async () => (await i.admit(podWith({}))).spec.containers.length === 6);
  const pod = await i.admit(podWith(labels));
  expect(pod.spec.containers.map(({ name }) => name).toSorted()).toEqual([...sidecars, 'main']);
  expect(loginOf(pod)).toBe('build-ecr');
});
