import { describe, expect, it } from 'vitest';
import { observeAccount } from '../../../src/controllers/view/account-facts.ts';
import type { ManagedFieldsEntry } from '../../../src/kube/object.ts';

const list: ManagedFieldsEntry = {
  manager: 'ecr-operator',
  operation: 'Apply',
  fieldsV1: { 'f:imagePullSecrets': {} },
};
const record = (links: string): Record<string, string> => ({ 'ecr-operator.dev/image-pull-secrets': links });

describe('what is kept of a service account', () => {
  it('is one and the same object for all that are of no interest', () => {
    const labels = { app: 'x' };
    const other = observeAccount({ name: 'b', labels, annotations: { note: 'y' }, managedFields: [list] });
    expect(observeAccount({ name: 'a' })).toBe(other);
    expect(other).toEqual({ role: undefined, links: [], intact: false });
  });

  it('has the recorded links sorted, each once, whoever wrote the record', () => {
    const { links } = observeAccount({ name: 'a', annotations: record(' b ,a,,b') });
    expect(links).toEqual(['a', 'b']);
  });

  it('says that the list is intact as long as the operator owns it', () => {
    const account = { name: 'a', annotations: record('a') };
    expect(observeAccount({ ...account, managedFields: [list] }).intact).toBe(true);
    expect(observeAccount({ ...account, managedFields: [{ ...list, manager: 'kubectl' }] }).intact).toBe(
      false,
    );
    const withoutList = { ...list, fieldsV1: { 'f:metadata': { 'f:annotations': {} } } };
    expect(observeAccount({ ...account, managedFields: [withoutList] }).intact).toBe(false);
    expect(observeAccount(account).intact).toBe(false);
  });
});
