import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { type Level, levels } from '../../src/identity/levels.ts';
import { createFixture } from '../operator/fixture.ts';
import { findSecret, getSecret, logsIn, passwordsIn } from '../operator/pull-secrets.ts';
import { createRegistry, patchSpec, region } from '../operator/registries.ts';
import {
  createPipeline,
  patchPipeline,
  pipelineNotReady,
  pipelineWhere,
  secretReady,
  statusOfSecret,
} from './pipelines.ts';

const f = await createFixture();
await f.startOperator();

/** One combination of levels that are set, with service accounts, an AWS account and a pipeline of its own. */
interface Combination {
  name: string;
  set: readonly Level[];
  /** AWS account of the roles of each level: so the host of the login tells whose it is. */
  accountOf: (level: Level) => string;
}

const combinations = Array.from({ length: 16 }, (_, bits): Combination => ({
  name: `c${bits.toString(2).padStart(4, '0')}`,
  set: levels.filter((_level, i) => (bits & (8 >> i)) !== 0),
  accountOf: (level) => `${bits + 10}${levels.indexOf(level)}`.padStart(12, '1'),
}));

const registryOf = (name: string): string => `${name}-registry`;
const table: Record<string, string>[] = [];

/** A level that is set names a service account of its own, one that is not the empty string. */
async function prepare({ name, set, accountOf }: Combination): Promise<void> {
  for (const level of set) await f.puller(`${name}-${level}`, { account: accountOf(level) });
  const at = (level: Level): string => (set.includes(level) ? `${name}-${level}` : '');
  const serviceAccounts = { runtime: at('runtime'), account: at('account') };
  await createRegistry(f, registryOf(name), { region, credentials: { serviceAccounts } });
  await createPipeline(f, name, {
    registries: [{ name: registryOf(name) }],
    serviceAccount: at('pipeline'),
    triggers: [{ name: 'release', serviceAccount: at('trigger') }],
  });
}

/** The role that AWS gave a session to for one of the service accounts of a combination. */
const roleAtAws = (serviceAccount: string): string[] =>
  f.aws
    .calls()
    .filter(
      ({ operation, roleArn }) =>
        operation === 'GetAuthorizationToken' && roleArn?.endsWith(`/${serviceAccount}`),
    )
    .map(({ roleArn = '', code }) => `${roleArn} ${code}`);

async function check(combination: Combination): Promise<void> {
  const { name, set, accountOf } = combination;
  const winner = set.at(-1);
  const row = { levels: set.join(' ') || '-' };
  const secretName = `${name}.release-ecr`;
  if (winner === undefined) {
    expect(await pipelineNotReady(f, name, 'NoServiceAccount')).toContain('no level names a service account');
    expect(await findSecret(f, secretName)).toBeUndefined();
    table.push({ ...row, winner: '-', 'service account': '-', 'role at AWS': 'not ready: NoServiceAccount' });
    return;
  }
  const status = await secretReady(f, name, secretName);
  const serviceAccount = `${name}-${winner}`;
  const role = `arn:aws:iam::${accountOf(winner)}:role/${serviceAccount}`;
  expect(status.winners).toEqual([{ registry: registryOf(name), level: winner, serviceAccount }]);
  expect(roleAtAws(serviceAccount)).toEqual([`${role} 200`]);
  const secret = await getSecret(f, secretName);
  expect([...passwordsIn(secret).keys()]).toEqual([`${accountOf(winner)}.dkr.ecr.${region}.amazonaws.com`]);
  expect(await logsIn(f, secret)).toBe(true);
  table.push({ ...row, winner, 'service account': serviceAccount, 'role at AWS': role });
}

test('of all sixteen combinations of levels the highest one that is set is who AWS sees for a trigger', async () => {
  await Promise.all(combinations.map(prepare));
  for (const combination of combinations) await check(combination);
  console.table(table);
});

test('no level but those that win anywhere is ever shown to AWS', () => {
  const asked = new Set(f.aws.calls().map(({ roleArn = '' }) => roleArn.split('/').at(-1)));
  // The pipeline's own Secret has no trigger level, the registry's own neither trigger nor pipeline.
  const highest = (set: readonly Level[], ...without: Level[]): Level | undefined =>
    set.findLast((level) => !without.includes(level));
  const winners = combinations.flatMap(({ name, set }) =>
    [highest(set), highest(set, 'trigger'), highest(set, 'trigger', 'pipeline')].flatMap((level) =>
      level === undefined ? [] : [`${name}-${level}`],
    ),
  );
  expect(asked).toEqual(new Set(winners));
});

test('a trigger goes down level by level as the higher ones are removed', async () => {
  const combination = combinations.find(({ set }) => set.length === levels.length);
  if (combination === undefined) throw new Error('no combination has all levels');
  const { name } = combination;
  const steps: [Level, () => Promise<void>][] = [
    ['pipeline', () => patchPipeline(f, name, { triggers: [{ name: 'release' }] })],
    ['account', () => patchPipeline(f, name, { serviceAccount: null })],
    [
      'runtime',
      () => patchSpec(f, registryOf(name), { credentials: { serviceAccounts: { account: null } } }),
    ],
  ];
  for (const [level, remove] of steps) {
    await remove();
    const serviceAccount = `${name}-${level}`;
    const winners = [{ registry: registryOf(name), level, serviceAccount }];
    await pipelineWhere(f, name, `won by ${serviceAccount}`, ({ status }, pipeline) => {
      const secret = statusOfSecret(pipeline, `${name}.release-ecr`);
      return status === 'True' && isDeepStrictEqual(secret.winners, winners);
    });
    const hosts = [...passwordsIn(await getSecret(f, `${name}.release-ecr`)).keys()];
    expect(hosts).toEqual([`${combination.accountOf(level)}.dkr.ecr.${region}.amazonaws.com`]);
  }
});
