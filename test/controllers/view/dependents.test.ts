import { describe, expect, it } from 'vitest';
import { dependency, Dependents } from '../../../src/controllers/view/dependents.ts';

const account = dependency.serviceAccount('ci/builder');
const registry = dependency.registry('ci/prod');

describe('dependents', () => {
  it('tells who rests on a thing', () => {
    const dependents = new Dependents();
    dependents.set('EcrPipeline ci/api', [account, registry]);
    dependents.set('EcrRegistry ci/prod', [account]);
    expect(dependents.of(account)).toEqual(['EcrPipeline ci/api', 'EcrRegistry ci/prod']);
    expect(dependents.of(registry)).toEqual(['EcrPipeline ci/api']);
    expect(dependents.of(dependency.serviceAccount('ci/other'))).toEqual([]);
  });

  it('replaces what an object rested on before', () => {
    const dependents = new Dependents();
    dependents.set('EcrPipeline ci/api', [account]);
    dependents.set('EcrPipeline ci/api', [registry]);
    expect(dependents.of(account)).toEqual([]);
    expect(dependents.has(account)).toBe(false);
    expect(dependents.of(registry)).toEqual(['EcrPipeline ci/api']);
  });

  it('forgets an object, and keeps those that rest on the same', () => {
    const dependents = new Dependents();
    dependents.set('EcrPipeline ci/api', [account, registry]);
    dependents.set('EcrPipeline ci/web', [account]);
    dependents.remove('EcrPipeline ci/api');
    expect(dependents.of(account)).toEqual(['EcrPipeline ci/web']);
    expect(dependents.has(registry)).toBe(false);
    dependents.remove('EcrPipeline ci/web');
    expect(dependents.has(account)).toBe(false);
  });

  it('tells things of different kinds with the same key apart', () => {
    const names = [
      dependency.registry('ci/x'),
      dependency.registriesOf('ci/x'),
      dependency.serviceAccount('ci/x'),
      dependency.keySecret('ci/x'),
      dependency.target('ci/x'),
    ];
    expect(new Set(names).size).toBe(names.length);
  });
});
