import { expect, test } from 'vitest';
import { annotations } from '../../src/api/names.ts';
import { createFixture } from './fixture.ts';
import { getSecret, logsIn } from './pull-secrets.ts';
import { annotate, createRegistry, notReady, ready, specFor } from './registries.ts';

const f = await createFixture();
await f.startOperator(['--workers=2']);

test('an ECR that never answers holds up nobody else, is given up on, and is asked again', async () => {
  const roleArn = await f.puller('hanging');
  await f.puller('other');
  await createRegistry(f, 'hanging', specFor('hanging'));
  await ready(f, 'hanging');
  const before = await getSecret(f, 'hanging-ecr');
  const end = f.aws.faults.inject({ service: 'ecr', roleArn, kind: 'hang' });
  await annotate(f, 'hanging', { [annotations.refreshRequestedAt]: new Date().toISOString() });
  await createRegistry(f, 'other', specFor('other'));
  await ready(f, 'other');
  expect(await notReady(f, 'hanging', 'Timeout', 45_000)).toContain('ecr:GetAuthorizationToken');
  expect(await getSecret(f, 'hanging-ecr')).toEqual(before);
  end();
  await ready(f, 'hanging');
  const after = await getSecret(f, 'hanging-ecr');
  expect(after.data).not.toEqual(before.data);
  expect(await logsIn(f, after)).toBe(true);
});
