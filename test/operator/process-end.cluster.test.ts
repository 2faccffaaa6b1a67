import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { createFixture } from './fixture.ts';
import { getSecret, logsIn } from './pull-secrets.ts';
import { createRegistry, getRegistry, specFor } from './registries.ts';
import { runToEnd } from './run-to-end.ts';

const f = await createFixture();

const bad = [
  { args: ['--no-such-flag'], says: /--no-such-flag.*see --help/ },
  { args: ['--workers=0'], says: /flag --workers: "0" is no whole number from 1 to 256/ },
  { args: ['--log-level=loud'], says: /flag --log-level: "loud" is none of trace, debug/ },
  { args: ['--watch-namespace=Not A Name'], says: /flag --watch-namespace: "Not A Name" is no name/ },
  { args: ['--leader-elect=maybe'], says: /flag --leader-elect: "maybe" is neither true nor false/ },
  { args: ['surplus'], says: /surplus.*see --help/ },
];

test.concurrent.for(bad)(
  '$args.0 ends the process with code 2 and says what is allowed',
  async ({ args, says }) => {
    const { code, stdout, stderr } = await runToEnd(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(says);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
  },
);

test.concurrent('a bad variable is named as the variable that it is', async () => {
  const { code, stderr } = await runToEnd([], { ECR_OPERATOR_WORKERS: 'many' });
  expect(code).toBe(2);
  expect(stderr).toMatch(/variable ECR_OPERATOR_WORKERS: "many" is no whole number/);
});

test.concurrent('a kubeconfig that does not exist ends the process with code 1 and is named', async () => {
  const { code, stderr } = await runToEnd(['--kubeconfig=/nowhere/kubeconfig']);
  expect(code).toBe(1);
  expect(stderr).toContain('/nowhere/kubeconfig');
});

test.concurrent.for(['health-probe-bind-address', 'metrics-bind-address'])(
  'a port that --%s cannot have ends the process with code 1 and says so',
  async (flag) => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const free = ['health-probe-bind-address', 'metrics-bind-address'].map((name) => `--${name}=0`);
    const { code, stderr } = await runToEnd([
      `--kubeconfig=${f.operatorKubeconfig}`,
      '--leader-elect=false',
      ...free,
      `--${flag}=127.0.0.1:${port}`,
    ]);
    other.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`--${flag} 127.0.0.1:${port} cannot be listened on: EADDRINUSE`);
  },
);

test('SIGTERM ends the process with code 0 after what it had begun', async () => {
  const operator = await f.startOperator();
  await f.puller('puller');
  onTestFinished(f.aws.faults.inject({ service: 'ecr', kind: 'delay', latencyMs: 1_500 }));
  await createRegistry(f, 'begun', specFor('puller'));
  await waitFor('the call of STS', () => f.aws.countCalls({ service: 'sts' }) === 1);
  const started = Date.now();
  expect(await operator.stop()).toBe(0);
  expect(Date.now() - started).toBeLessThan(5_000);
  expect(await logsIn(f, await getSecret(f, 'begun-ecr'))).toBe(true);
  expect((await getRegistry(f, 'begun')).status?.conditions?.[0]).toMatchObject({
    type: 'Ready',
    status: 'True',
  });
});

test('SIGTERM while nothing is to be done ends the process at once', async () => {
  const operator = await f.startOperator();
  const started = Date.now();
  expect(await operator.stop()).toBe(0);
  expect(Date.now() - started).toBeLessThan(2_000);
});
