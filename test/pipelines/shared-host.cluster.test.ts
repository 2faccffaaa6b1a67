import { expect, test } from 'vitest';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { sleep, systemClock } from '../../src/base/clock.ts';
import { account, createFixture } from '../operator/fixture.ts';
import { getSecret, logsIn, passwordsIn, secretWhere } from '../operator/pull-secrets.ts';
import { createRegistry, patchSpec, ready, region, specFor } from '../operator/registries.ts';
import { eventLike } from './events.ts';
import { createPipeline, patchPipeline, pipelineReady, pipelineWhere, statusOfSecret } from './pipelines.ts';

const f = await createFixture();
await f.startOperator();
await Promise.all(['first', 'second', 'third'].map((name) => f.puller(name)));
const host = `${account}.dkr.ecr.${region}.amazonaws.com`;
const registries = (...names: string[]) => ({
  registries: names.map((name) => ({ name })),
});

/** The registry whose own Secret has the login that a Secret of a pipeline has. */
async function whoseLogin(secretName: string): Promise<string[]> {
  const login = passwordsIn(await getSecret(f, secretName)).get(host);
  const names = ['b-first', 'a-second', 'primary'];
  const own = await Promise.all(
    names.map(async (name) => passwordsIn(await getSecret(f, `${name}-ecr`)).get(host)),
  );
  return names.filter((_name, i) => own[i] === login);
}

/** The Secret of a registry goes with it, but what logged in with it is known. */
const logins = new Map<string, string | undefined>();

async function noteLogins(): Promise<void> {
  for (const name of ['b-first', 'a-second', 'primary'])
    logins.set(name, passwordsIn(await getSecret(f, `${name}-ecr`)).get(host));
}

/** Waits until a Secret of a pipeline has the login of a registry. */
const loginOf = (secretName: string, name: string): Promise<unknown> =>
  secretWhere(
    f,
    secretName,
    `to have the login of ${name}`,
    (secret) => passwordsIn(secret).get(host) === logins.get(name),
  );

test('without a primary registry the oldest wins, and the loser is named in the condition and in an event', async () => {
  await createRegistry(f, 'b-first', specFor('first'));
  const first = await ready(f, 'b-first');
  // Times of creation are whole seconds.
  const nextSecond = Date.parse(first.metadata.creationTimestamp ?? '') + 1_000;
  await sleep(systemClock, Math.max(0, nextSecond - Date.now()));
  await createRegistry(f, 'a-second', specFor('second'));
  await createRegistry(f, 'primary', specFor('third', { primary: true }));
  await Promise.all(['a-second', 'primary'].map((name) => ready(f, name)));

  await createPipeline(f, 'two', {
    ...registries('a-second', 'b-first'),
    triggers: [{ name: 'release' }],
  });
  const { status } = await pipelineReady(f, 'two');
  expect(status?.conditions?.[0]?.message).toMatch(
    new RegExp(
      `^2 Secrets are fresh; registries a-second and b-first both log in to ${host}.*: b-first wins`,
    ),
  );
  await eventLike(f, 'two', /^HostTaken: registries a-second and b-first both log in to .*: b-first wins/);
  for (const name of ['two-ecr', 'two.release-ecr']) {
    expect(await whoseLogin(name)).toEqual(['b-first']);
    expect(await logsIn(f, await getSecret(f, name))).toBe(true);
  }
});

test('a primary registry wins over older ones', async () => {
  await createPipeline(f, 'three', registries('primary', 'a-second', 'b-first'));
  const pipeline = await pipelineReady(f, 'three');
  expect(await whoseLogin('three-ecr')).toEqual(['primary']);
  expect(statusOfSecret(pipeline, 'three-ecr').winners).toHaveLength(3);
  for (const loser of ['a-second', 'b-first']) {
    await eventLike(
      f,
      'three',
      new RegExp(`^HostTaken: registries ${loser} and primary both.*: primary wins`),
    );
  }
});

test('a pipeline with one of them has nothing to tell', async () => {
  await createPipeline(f, 'one', registries('a-second'));
  await pipelineWhere(f, 'one', 'ready', ({ message }) => message === '1 Secret is fresh');
  expect(await whoseLogin('one-ecr')).toEqual(['a-second']);
});

test('the winner changes at once when another registry becomes the primary one, or the winner goes', async () => {
  await noteLogins();
  await patchSpec(f, 'a-second', { primary: true });
  await eventLike(f, 'two', /^HostTaken: registries b-first and a-second both log in to .*: a-second wins/);
  await loginOf('two-ecr', 'a-second');
  await loginOf('two.release-ecr', 'a-second');
  await f.client.delete(ecrRegistries, {
    namespace: f.namespace,
    name: 'a-second',
  });
  await loginOf('three-ecr', 'primary');
  await patchPipeline(f, 'two', registries('b-first'));
  await loginOf('two-ecr', 'b-first');
  expect(await logsIn(f, await getSecret(f, 'two-ecr'))).toBe(true);
});
