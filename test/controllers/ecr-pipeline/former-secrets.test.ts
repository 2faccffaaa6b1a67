import { describe, expect, it } from 'vitest';
import type { EcrPipeline } from '../../../src/api/ecr-pipeline.ts';
import { formerSecretsToKeep } from '../../../src/controllers/ecr-pipeline/former-secrets.ts';
import { pipeline } from './fixtures.ts';

const secretOf = (secretName: string, trigger?: string) => ({
  secretName,
  ready: true,
  ...(trigger === undefined ? {} : { trigger }),
});
const before: EcrPipeline = {
  ...pipeline(),
  status: { secrets: [secretOf('api-ecr'), secretOf('api.release-ecr', 'release')] },
};

describe('the Secrets that a pipeline has and no longer names', () => {
  it('are all to go when the ones that it names are there', () => {
    expect(formerSecretsToKeep(before, ['ci/api.release-ecr', 'ci/unknown'], [])).toEqual([]);
  });

  it('stay under a former name until the new one is there', () => {
    expect(formerSecretsToKeep(before, ['ci/api.release-ecr'], ['release'])).toEqual(['ci/api.release-ecr']);
    expect(formerSecretsToKeep(before, ['ci/api-ecr'], [undefined])).toEqual(['ci/api-ecr']);
  });

  it('go with their trigger, though the Secret of another one cannot be made', () => {
    expect(formerSecretsToKeep(before, ['ci/api.release-ecr'], ['nightly'])).toEqual([]);
  });

  it('stay while it is not known whose they were', () => {
    expect(formerSecretsToKeep(before, ['ci/older-ecr'], ['nightly'])).toEqual(['ci/older-ecr']);
    expect(formerSecretsToKeep(pipeline(), ['ci/older-ecr'], ['nightly'])).toEqual(['ci/older-ecr']);
  });
});
