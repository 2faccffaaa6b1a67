import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { chartFolder, createHelm, type Helm, type Values } from '../chart/helm.ts';
import { type Manifest, ofKind } from '../chart/manifests.ts';

let helm: Helm;
beforeAll(async () => {
  helm = await createHelm();
});

const enabledWith = (sources: readonly Values[]): Values => ({ injection: { enabled: true, sources } });

async function policies(sources: readonly Values[]): Promise<Manifest[]> {
  return ofKind(await helm.template(enabledWith(sources)), 'MutatingAdmissionPolicy');
}

describe('a source with a preset', () => {
  const Selector = z.object({ matchExpressions: z.array(z.unknown()) });
  const PolicySpec = z.looseObject({ matchConstraints: z.looseObject({ objectSelector: Selector }) });

  /** The label that the policy of the source asks for; as text, its match conditions and how it names the Secret. */
  async function policyOf(source: Values): Promise<{ label: unknown; conditions: string; secret: string }> {
    const [policy] = await policies([source]);
    const { matchConstraints, matchConditions, variables } = PolicySpec.parse(policy?.spec);
    const label = matchConstraints.objectSelector.matchExpressions.at(-1);
    return { label, conditions: JSON.stringify(matchConditions), secret: JSON.stringify(variables) };
  }

  it('has other fields instead of those of the preset, not mixed with them', async () => {
    const { label, conditions } = await policyOf({ preset: 'codefresh', pipelines: { engine: 'mine' } });
    expect(label).toEqual({ key: 'app', operator: 'In', values: ['engine'] });
    expect(conditions).not.toContain('dind');
  });

  it('can be without what the preset has', async () => {
    expect((await policyOf({ preset: 'argo-workflows' })).conditions).toContain('startsWith');
    expect((await policyOf({ preset: 'argo-workflows', generatedName: false })).conditions).not.toContain(
      'startsWith',
    );
    expect((await policyOf({ preset: 'tekton', triggerLabel: '' })).secret).not.toContain('triggers');
    const { label } = await policyOf({ preset: 'codefresh', pipelines: {} });
    expect(label).toEqual({ key: 'app', operator: 'Exists' });
  });

  it('can be there twice, with a name for one of them', async () => {
    const named = { preset: 'codefresh', name: 'second', pipelines: { dind: 'other' } };
    const sources = [{ preset: 'codefresh', pipelines: { runtime: 'mine' } }, named];
    const names = (await policies(sources)).map(({ metadata }) => metadata.name.split('.')[0]);
    expect(names.slice(0, 2)).toEqual(['codefresh', 'second']);
    const values = await helm.values(enabledWith(sources.map(({ preset }) => ({ preset }))));
    const { code, stderr } = await helm.try(
      'template',
      'test',
      chartFolder,
      '--kube-version',
      'v1.37.0',
      ...values,
    );
    expect(code).not.toBe(0);
    expect(stderr).toContain('injection.sources has two sources with the name codefresh: give one of them');
  });
});
