import { expect, test } from 'vitest';
import { secrets } from '../../src/kube/object.ts';
import type { Secret } from '../operator/pull-secrets.ts';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { createE2e } from './fixture.ts';
import { leaksIn, secretsOf, shownByObjects } from './leaks.ts';
import { deletePod, killProcess, type Leader, leader, operatorLog, runBeside } from './operator-pod.ts';
import { runPod } from './pods.ts';
import { digestsIn, pushWith, roleThatPushed } from './push.ts';

const e = await createE2e();
const logs = new Map<string, string>();

const roles = [await e.puller('ecr-puller'), await e.puller('release-pusher')];
await createRegistry(e, 'prod', specFor('ecr-puller'));
await ready(e, 'prod');
await createPipeline(e, 'build', {
  registries: [{ name: 'prod' }],
  triggers: [{ name: 'release', serviceAccount: 'release-pusher' }],
});
await pipelineReady(e, 'build');
const names = ['build-ecr', 'build.release-ecr', 'prod-ecr'];

/** The Secrets that were good before, with all that they hold. */
async function goodSecrets(): Promise<Secret[]> {
  const { items } = await e.client.list<Secret>(secrets, { namespace: e.namespace });
  return items.filter(({ metadata }) => names.includes(metadata.name));
}

test('the operator runs as a user without a name, and cannot write where it runs', async () => {
  const operator = await leader(e);
  expect(await runBeside(e, operator, 'console.log(process.getuid(), process.getgid())')).toBe('65532 65532');
  const attempt = `try { require('fs').writeFileSync('/app/new', '') } catch ({ code }) { console.log(code) }`;
  expect(await runBeside(e, operator, attempt)).toBe('EROFS');
});

const ends: readonly [string, string, (operator: Leader) => Promise<void>][] = [
  ['its pod is deleted', 'deleted', (operator) => deletePod(e, operator)],
  ['its process is killed', 'killed', () => killProcess(e)],
];

test.each(ends)(
  'when %s, the operator comes back, and neither writes a good Secret nor asks AWS for it',
  async (_title, how, end) => {
    const before = await goodSecrets();
    expect(before.map(({ metadata }) => metadata.name)).toEqual(names);
    const operator = await leader(e);
    logs.set(`log until ${how}`, await operatorLog(e, operator));
    e.aws.resetCalls();
    const since = Date.now();
    await end(operator);
    const next = await leader(e, operator);
    // What comes after the restart is worked on after what was there before.
    await e.puller(`late-${how}`);
    await createRegistry(e, `late-${how}`, specFor(`late-${how}`));
    await ready(e, `late-${how}`, 30_000);
    console.log(`${how}: ${((Date.now() - since) / 1000).toFixed(1)} s later an operator worked again`);
    expect(await goodSecrets()).toEqual(before);
    expect(roles.map((roleArn) => e.aws.countCalls({ roleArn }))).toEqual([0, 0]);
    logs.set(`log after ${how}`, await operatorLog(e, next));
  },
);

test('after all that a pod pushes with the Secret that it had', async () => {
  const [pushed, pulled] = digestsIn(await runPod(e, 'push', pushWith(e, 'build.release-ecr', 'after')));
  expect(pulled).toBe(pushed);
  expect(roleThatPushed(e, 'after')).toContain(':assumed-role/release-pusher/');
});

test('no login, key or web-identity token is in its logs, in events, in a status or in metadata', async () => {
  const shown = new Map([...logs, ...(await shownByObjects(e))]);
  const hidden = await secretsOf(e);
  // Four service accounts: web-identity token, secret key, session token and login of each.
  expect(hidden.length).toBeGreaterThanOrEqual(16);
  expect(shown.size).toBe(9);
  expect([...shown].filter(([, text]) => text.length < 200)).toEqual([]);
  expect(leaksIn(shown, hidden)).toEqual([]);
  // The same search does find the logins where they belong.
  const data = (await goodSecrets()).flatMap((secret) => Object.values(secret.data ?? {}));
  const text = data.map((value) => Buffer.from(value, 'base64').toString()).join('\n');
  expect(leaksIn(new Map([['data of Secrets', text]]), hidden)).toEqual(['data of Secrets']);
});
