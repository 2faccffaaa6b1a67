import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { annotations, labels } from '../../src/api/names.ts';
import { account, addRole, createFixture, createServiceAccount, roleAnnotation } from './fixture.ts';
import { ecrRoleAnnotation } from './fixture.ts';
import { getSecret, logsIn, passwordsIn, pullSecretType } from './pull-secrets.ts';
import { createRegistry, patchSpec, ready, region, specFor } from './registries.ts';
import { printedColumns } from '../support/printed-columns.ts';

const f = await createFixture();
await f.startOperator(['--runtime-service-account=engine']);
const engineRole = await f.puller('engine');
const pullerRole = await f.puller('puller');
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;

test('a registry gets a Secret that logs in to the account of its role and says whose it is', async () => {
  const { metadata } = await createRegistry(f, 'prod', specFor('puller'));
  await ready(f, 'prod');
  const secret = await getSecret(f, 'prod-ecr');
  expect(secret.type).toBe(pullSecretType);
  expect(secret.metadata.labels).toEqual({ [labels.managedBy]: 'ecr-operator', [labels.owner]: 'prod' });
  expect(secret.metadata.annotations).toMatchObject({ [annotations.ownerUid]: metadata.uid });
  const owner = {
    apiVersion: 'ecr-operator.dev/v1alpha1',
    kind: 'EcrRegistry',
    name: 'prod',
    uid: metadata.uid,
  };
  expect(secret.metadata.ownerReferences).toEqual([
    { ...owner, controller: true, blockOwnerDeletion: false },
  ]);
  expect([...passwordsIn(secret).keys()]).toEqual([host]);
  expect(await logsIn(f, secret)).toBe(true);
});

test('the status says who won, until when the login is good and when it is renewed', async () => {
  await createRegistry(f, 'status', specFor('puller'));
  const { metadata, status } = await ready(f, 'status');
  expect(status).toMatchObject({
    observedGeneration: metadata.generation,
    identity: {
      level: 'account',
      serviceAccount: 'puller',
      roleArn: pullerRole,
      callerArn: expect.stringMatching(`^arn:aws:sts::${account}:assumed-role/puller/ecr-operator-`),
    },
    secretName: 'status-ecr',
    registries: [{ host, accountId: account, region }],
  });
  const conditions = status?.conditions?.map((c) => [c.type, c.status, c.reason, c.observedGeneration]);
  expect(conditions).toEqual([
    ['Ready', 'True', 'Ready', 1],
    ['CredentialsResolved', 'True', 'Resolved', 1],
    ['TokensFresh', 'True', 'Fresh', 1],
    ['SecretSynced', 'True', 'Synced', 1],
  ]);
  const hours = (time: string | undefined) => (Date.parse(time ?? '') - Date.now()) / 3_600_000;
  expect(hours(status?.expiresAt)).toBeCloseTo(12, 1);
  expect(hours(status?.refreshAt)).toBeGreaterThan(5.3);
  expect(hours(status?.refreshAt)).toBeLessThan(6.7);
});

test('the runtime level comes from the flag, from the field before the flag, and account wins over both', async () => {
  const other = await f.puller('other');
  await createRegistry(f, 'levels', { region });
  expect((await ready(f, 'levels')).status?.identity).toMatchObject({
    level: 'runtime',
    serviceAccount: 'engine',
    roleArn: engineRole,
  });
  await patchSpec(f, 'levels', { credentials: { serviceAccounts: { runtime: 'other' } } });
  expect((await ready(f, 'levels')).status?.identity).toMatchObject({
    level: 'runtime',
    serviceAccount: 'other',
    roleArn: other,
  });
  await patchSpec(f, 'levels', { credentials: { serviceAccounts: { account: 'puller' } } });
  expect((await ready(f, 'levels')).status?.identity).toMatchObject({
    level: 'account',
    serviceAccount: 'puller',
    roleArn: pullerRole,
  });
  await patchSpec(f, 'levels', { credentials: { serviceAccounts: { account: '', runtime: '' } } });
  expect((await ready(f, 'levels')).status?.identity).toMatchObject({
    level: 'runtime',
    serviceAccount: 'engine',
  });
  expect(await logsIn(f, await getSecret(f, 'levels-ecr'))).toBe(true);
});

test('the annotation for ECR wins over the general one of IRSA', async () => {
  const ecrRole = addRole(f.aws, f.namespace, 'both');
  const general = 'arn:aws:iam::111122223333:role/for-something-else';
  await createServiceAccount(f.client, f.namespace, 'both', {
    [roleAnnotation]: general,
    [ecrRoleAnnotation]: ecrRole,
  });
  await createRegistry(f, 'both', specFor('both'));
  expect((await ready(f, 'both')).status?.identity?.roleArn).toBe(ecrRole);
});

test('kubectl get shows whether it is ready, who won, which Secret and until when', async () => {
  await createRegistry(f, 'table', specFor('puller'));
  const { status } = await ready(f, 'table');
  const { Age: _age, ...row } = await printedColumns(
    f.controlPlane.adminKubeconfig,
    ecrRegistries,
    { namespace: f.namespace, name: 'table' },
    { wide: false },
  );
  expect(row).toEqual({
    Name: 'table',
    Ready: 'True',
    Reason: 'Ready',
    Level: 'account',
    'Service Account': 'puller',
    Secret: 'table-ecr',
    Expires: status?.expiresAt,
  });
});

test('public: true adds a login for public.ecr.aws', async () => {
  await createRegistry(f, 'public', specFor('puller', { public: true }));
  await ready(f, 'public');
  const secret = await getSecret(f, 'public-ecr');
  expect([...passwordsIn(secret).keys()]).toEqual(expect.arrayContaining([host, 'public.ecr.aws']));
});
