import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/cli/verify/dry-run.ts';
import { draftOf, readDrafts } from '../../src/cli/verify/read-file.ts';
import { ApiError } from '../../src/kube/errors.ts';

const apiVersion = 'ecr-operator.dev/v1alpha1';
const read = (text: string) => readDrafts('-', { readInput: () => Promise.resolve(text) });

describe('a file of objects', () => {
  it('has one for each document, in YAML and in JSON, and empty ones do not count', async () => {
    const one = `apiVersion: ${apiVersion}\nkind: EcrRegistry\nmetadata: { name: one }\n`;
    const drafts = await read(`# first\n---\n${one}--- # none\n---\n${one.replace('one', 'two')}---\n`);
    expect(drafts.map(({ object }) => object.metadata.name)).toEqual(['one', 'two']);
    expect(
      await read(JSON.stringify({ apiVersion, kind: 'EcrPipeline', metadata: { name: 'x' } })),
    ).toHaveLength(1);
  });

  it.each([
    ['nothing', '', 'holds no object'],
    ['no YAML', 'a: [', 'cannot read -'],
    ['a text', 'hello', 'cannot be tested'],
    ['another version', 'apiVersion: ecr-operator.dev/v9\nkind: EcrRegistry', 'cannot be tested'],
    ['no name', `apiVersion: ${apiVersion}\nkind: EcrRegistry\nmetadata: {}`, 'has no metadata.name'],
  ])('that holds %s is refused', async (_what, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('is taken as it is, without defaults', () => {
    const object = { apiVersion, kind: 'EcrRegistry', metadata: { name: 'x', labels: { a: 'b' } }, spec: {} };
    expect(draftOf('f', object)).toEqual({ kind: 'EcrRegistry', object });
  });
});

describe('what admission says', () => {
  it('is a line for each cause, or the message', () => {
    const causes = [{ field: 'spec.region', message: 'Required value' }, { message: 'a rule' }];
    const invalid = new ApiError('try', 422, { reason: 'Invalid', message: 'both', details: { causes } });
    expect(refusalOf(invalid)).toEqual(['spec.region: Required value', 'a rule']);
    const denied = new ApiError('try', 403, { message: 'admission webhook "x" denied the request: no' });
    expect(refusalOf(denied)).toEqual([denied.message]);
  });

  it('is not what RBAC, a conflict or a lost connection say', () => {
    const message =
      'User "jane" cannot create resource "ecrregistries" in API group "g" in the namespace "ci"';
    expect(refusalOf(new ApiError('try', 403, { message }))).toBeUndefined();
    expect(refusalOf(new ApiError('try', 409, { message: 'changed' }))).toBeUndefined();
    expect(refusalOf(new Error('ECONNREFUSED'))).toBeUndefined();
  });
});
