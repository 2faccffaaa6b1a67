import { beforeAll, describe, expect, it } from 'vitest';
import { chartFolder, createHelm, type Helm, type Values } from '../chart/helm.ts';
import { type Manifest, ofKind } from '../chart/manifests.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});

const enabled = (injection: Values = {}): Values => ({ injection: { enabled: true, ...injection } });
const kinds = ['MutatingAdmissionPolicy', 'ValidatingAdmissionPolicy'];

async function policies(values: Values): Promise<Manifest[]> {
  const manifests = await helm.template(values);
  return kinds.flatMap((kind) => ofKind(manifests, kind));
}

/** The requirements on the namespace of a pod, the same for all policies. */
async function namespacesOf(values: Values): Promise<unknown> {
  const selectors = (await policies(values)).map(({ spec }) => {
    const { matchConstraints } = spec as { matchConstraints: { namespaceSelector: unknown } };
    return matchConstraints.namespaceSelector;
  });
  for (const selector of selectors) expect(selector).toEqual(selectors[0]);
  return selectors[0];
}

const name = 'kubernetes.io/metadata.name';

it('has no policy unless injection is enabled, whatever the sources', async () => {
  expect(await policies({ injection: { sources: [{ preset: 'tekton' }] } })).toEqual([]);
  expect(await policies(enabled())).toHaveLength(2);
});

describe('the namespaces that the policies look at', () => {
  const both = enabled({ sources: [{ preset: 'tekton' }] });

  it('are all but kube-system and that of the release', async () => {
    expect(await namespacesOf(both)).toEqual({
      matchExpressions: [{ key: name, operator: 'NotIn', values: ['kube-system', 'operators'] }],
    });
  });

  it('are narrowed by the selector of the values', async () => {
    const namespaceSelector = {
      matchLabels: { team: 'ci' },
      matchExpressions: [{ key: 'ecr', operator: 'Exists' }],
    };
    expect(await namespacesOf(enabled({ namespaceSelector }))).toEqual({
      matchLabels: { team: 'ci' },
      matchExpressions: [
        { key: name, operator: 'NotIn', values: ['kube-system', 'operators'] },
        { key: 'ecr', operator: 'Exists' },
      ],
    });
  });

  it.each([
    ['ci', ['kube-system', 'operators']],
    ['operators', ['kube-system']],
  ])('are only the watched one, %s', async (watched, excluded) => {
    expect(await namespacesOf({ ...both, watch: { namespace: watched } })).toEqual({
      matchExpressions: [
        { key: name, operator: 'NotIn', values: excluded },
        { key: name, operator: 'In', values: [watched] },
      ],
    });
  });
});

it('a policy that fails has only those pods refused that ask for a login', async () => {
  const found = await policies(enabled({ sources: [{ preset: 'tekton' }] }));
  expect(found.map(({ kind, metadata, spec }) => [kind, metadata.name, spec])).toMatchObject([
    ['MutatingAdmissionPolicy', 'tekton.test-ecr-operator.operators', { failurePolicy: 'Ignore' }],
    ['MutatingAdmissionPolicy', 'test-ecr-operator.operators', { failurePolicy: 'Fail' }],
    ['ValidatingAdmissionPolicy', 'test-ecr-operator.operators', { failurePolicy: 'Fail' }],
  ]);
});

it('mounts at the path of the values', async () => {
  const text = JSON.stringify(await policies(enabled({ mountPath: '/kaniko/.docker' })));
  expect(text).toContain("value: '/kaniko/.docker'");
  expect(text).not.toContain('/var/run/secrets');
});

it('says which Kubernetes it needs where the cluster is older', async () => {
  const args = ['template', 'test', chartFolder, ...(await helm.values(enabled())), '--kube-version'];
  const { code, stderr } = await helm.try(...args, 'v1.35.9');
  expect(code).not.toBe(0);
  expect(stderr).toMatch(
    /injection\.enabled needs .* Kubernetes has from 1\.36 on, and this is v1\.35\.9: set injection/,
  );
  expect((await helm.try(...args, 'v1.36.0')).code).toBe(0);
  const served = ['--api-versions', 'admissionregistration.k8s.io/v1/MutatingAdmissionPolicy'];
  expect((await helm.try(...args, 'v1.35.9', ...served)).code).toBe(0);
});

const refused: [title: string, source: Values, message: RegExp][] = [
  ['a preset that does not exist', { preset: 'jenkins' }, /\/sources\/0\/preset'.*one of/],
  ['a source without a label', { name: 'mine' }, /\/sources\/0'.*missing property/],
  ['a misspelt field', { preset: 'tekton', label: 'x' }, /\/sources\/0'.*'label' not allowed/],
  ['a label that would end the CEL string', { name: 'a', pipelineLabel: "x'" }, /\/pipelineLabel'.*pattern/],
  [
    'a pipeline that cannot exist',
    { preset: 'codefresh', pipelines: { dind: 'A.b' } },
    /\/pipelines\/dind'.*pattern/,
  ],
];

it.each(refused)('refuses %s', async (_, source, message) => {
  const values = await helm.values(enabled({ sources: [source] }));
  const { code, stderr } = await helm.try('template', 'test', chartFolder, ...values);
  expect(code, 'helm accepted the values').not.toBe(0);
  expect(stderr).toMatch(message);
});
