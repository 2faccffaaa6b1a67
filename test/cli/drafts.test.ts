import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../src/cli/verify/dry-run.ts';
import { draftOf, readDrafts } from '../../src/cli/verify/read-file.ts';
import { ApiError } from '../../src/kube/errors.ts';

const apiVersion = 'ecr-operator.dev/v1alpha1';
const never = new AbortController().signal;
const readAll = (text: string, files = ['-']) =>
  readDrafts(files, { readInput: () => Promise.resolve(text) }, never);
const read = async (text: string) => (await readAll(text)).drafts;

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

  it('may hold lists, and objects of other kinds, which are passed over', async () => {
    const ours = { apiVersion, kind: 'EcrRegistry', metadata: { name: 'x' } };
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'keys' } };
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [secret, ours] });
    const { drafts, passedOver } = await readAll(list);
    expect(drafts.map(({ object }) => object.metadata.name)).toEqual(['x']);
    expect(passedOver).toEqual(['-: v1 Secret keys']);
    await expect(readAll(JSON.stringify({ kind: 'List', items: [] }))).rejects.toThrow('holds no object');
    await expect(readAll(JSON.stringify(secret))).rejects.toThrow('v1 Secret keys cannot be tested');
  });

  it('may be one of several', async () => {
    const text = JSON.stringify({ apiVersion, kind: 'EcrRegistry', metadata: { name: 'x' } });
    expect((await readAll(text, ['-', '-'])).drafts).toHaveLength(2);
  });

  it('that never ends is given up with the reason of the signal', async () => {
    const stop = new AbortController();
    const reading = readDrafts(['-'], { readInput: () => new Promise(() => undefined) }, stop.signal);
    stop.abort(new Error('interrupted'));
    await expect(reading).rejects.toThrow('interrupted');
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
