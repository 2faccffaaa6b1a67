import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { readLogins } from '../../src/cli/docker-config/read-logins.ts';
import { secretTargets } from '../../src/cli/docker-config/targets.ts';
import { pipelineSubject, registrySubject } from './fixtures.ts';

const times = { issued: '2026-01-01T00:00:00.500Z', expires: '2026-01-01T12:00:00Z' };
const records = {
  'eu-west-1': { for: 'h', ...times, hosts: ['b.example', 'a.example'] },
  public: { for: 'h', ...times, hosts: ['public.ecr.aws'] },
};

test('hosts are read from the metadata of a Secret: its data are not asked for', async () => {
  const asked: unknown[] = [];
  const client = {
    get: (...args: unknown[]) => {
      asked.push(args[2]);
      return Promise.resolve({
        metadata: { name: 's', annotations: { [annotations.tokens]: JSON.stringify(records) } },
      });
    },
  };
  const logins = await readLogins({ namespace: 'ci', name: 's' }, { client } as never);
  expect(asked).toEqual([expect.objectContaining({ metadataOnly: true })]);
  expect(logins?.map(({ host }) => host)).toEqual(['a.example', 'b.example', 'public.ecr.aws']);
  expect(logins?.[0]).toMatchObject({ issuedAt: '2026-01-01T00:00:00Z', expiresAt: '2026-01-01T12:00:00Z' });
});

test('the Secrets of an object are its own, and a trigger is one of a pipeline', () => {
  expect(secretTargets(registrySubject(), 'other', undefined)).toEqual([
    { namespace: 'ci', name: 'prod-ecr' },
  ]);
  const pipeline = pipelineSubject({ triggers: [{ name: 'nightly' }] });
  expect(secretTargets(pipeline, 'ci', undefined).map(({ name }) => name)).toEqual([
    'api-ecr',
    'api.nightly-ecr',
  ]);
  expect(secretTargets(pipeline, 'ci', 'nightly')).toHaveLength(1);
  expect(() => secretTargets(registrySubject(), 'ci', 'nightly')).toThrow('has no triggers');
});
