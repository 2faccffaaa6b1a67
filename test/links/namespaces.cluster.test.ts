import { beforeAll, expect, test } from 'vitest';
import { clusterEcrRegistries } from '../../src/api/cluster-ecr-registry.ts';
import {
  createClusterFixture,
  createClusterRegistry,
  createNamespaces,
  renewed,
  labelNamespace,
  secretsNamed,
} from '../fan-out/fixture.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  accountReads,
  accountWrites,
  createAccount,
  linked,
  pullSecretsOf,
  setPullSecrets,
} from './accounts.ts';

const count = 30;
const f = await createClusterFixture();
let teams: string[];
let operator: OperatorProcess;

beforeAll(async () => {
  await f.puller('puller');
  teams = await createTeams('team', count, { team: 'yes' });
  await createTeams('other', 1, {});
  operator = await f.startClusterOperator();
});

/** Namespaces with the service account that the controller manager would make. */
async function createTeams(prefix: string, size: number, labels: Record<string, string>): Promise<string[]> {
  const names = await createNamespaces(f, prefix, size, labels);
  await Promise.all(names.map((name) => createAccount(f, `${name}/default`)));
  return names;
}

/** Waits until `default` in each of these namespaces names these. */
async function allLinked(namespaces: readonly string[], names: string[]): Promise<void> {
  for (const namespace of namespaces) await linked(f, `${namespace}/default`, names);
}

test('the service account default of each selected namespace is linked, with one write each', async () => {
  await createClusterRegistry(f, 'shared', {
    namespaceSelector: { matchLabels: { team: 'yes' } },
    imagePullSecrets: { serviceAccounts: ['default'] },
  });
  await allLinked(teams, ['shared-ecr']);
  expect((await accountWrites(f)).toSorted()).toEqual(teams.map((name) => `${name}/default`).toSorted());
  expect(await pullSecretsOf(f, 'other-0/default')).toEqual([]);
});

test('a new namespace is linked', async () => {
  const [namespace = ''] = await createTeams('team-new', 1, { team: 'yes' });
  await allLinked([namespace], ['shared-ecr']);
});

test('a renewal reads and writes no service account', async () => {
  const [reads, writes] = [await accountReads(operator), await accountWrites(f)];
  await renewed(f, 'shared', count + 1);
  expect(await accountReads(operator)).toBe(reads);
  expect(await accountWrites(f)).toEqual(writes);
});

test('a restart writes no service account, and reads none but where somebody else changed the list', async () => {
  await setPullSecrets(f, 'team-0/default', ['shared-ecr', 'mine']);
  const writes = await accountWrites(f);
  expect(await operator.stop()).toBe(0);
  operator = await f.startClusterOperator();
  // The watch, and the one service account that somebody changed.
  await waitFor('the one to be read', async () => (await accountReads(operator)) >= 2);
  expect(await accountReads(operator)).toBe(2);
  await allLinked(await createTeams('team-late', 1, { team: 'yes' }), ['shared-ecr']);
  expect(await accountWrites(f)).toEqual([...writes, 'team-late-0/default']);
  expect(await pullSecretsOf(f, 'team-0/default')).toEqual(['shared-ecr', 'mine']);
});

test('a namespace that is not selected any more loses the link', async () => {
  await labelNamespace(f, 'team-2', { team: null });
  await allLinked(['team-2'], []);
  await allLinked(['team-3'], ['shared-ecr']);
  await labelNamespace(f, 'team-2', { team: 'yes' });
  await allLinked(['team-2'], ['shared-ecr']);
});

test('it loses the link also where the Secret is retained', async () => {
  await createClusterRegistry(f, 'kept', {
    namespaceSelector: { matchLabels: { kept: 'yes' } },
    deletionPolicy: 'Retain',
    imagePullSecrets: { serviceAccounts: ['default'] },
  });
  await labelNamespace(f, 'other-0', { kept: 'yes' });
  await allLinked(['other-0'], ['kept-ecr']);
  await labelNamespace(f, 'other-0', { kept: null });
  await allLinked(['other-0'], []);
  expect([...(await secretsNamed(f, 'kept-ecr')).keys()]).toEqual(['other-0']);
});

test('a registry that was deleted while nobody looked loses its links at the next start, foreign entries stay', async () => {
  expect(await operator.stop()).toBe(0);
  await f.client.delete(clusterEcrRegistries, { name: 'shared' });
  operator = await f.startClusterOperator();
  await allLinked(teams.slice(1), []);
  await linked(f, 'team-0/default', ['mine']);
});
