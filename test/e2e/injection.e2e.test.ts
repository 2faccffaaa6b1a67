import { beforeAll, describe, expect, test } from 'vitest';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { createPipeline, pipelineReady } from '../pipelines/pipelines.ts';
import { waitFor } from '../support/wait-for.ts';
import { createE2e } from './fixture.ts';
import { enableInjection } from './operator-release.ts';
import { admitted, reachRegistry, restrictedPod, runPod } from './pods.ts';
import { pushArchive } from './push-archive.ts';
import { digestsIn, pushContainer, roleThatPushed } from './push.ts';
import type { Container, PodSpec } from './resources.ts';
import { readSettings } from './settings.ts';

const e = await createE2e();
await e.puller('build-pusher');
await e.puller('release-pusher');
await createRegistry(e, 'prod', specFor('build-pusher'));
await ready(e, 'prod');
await createPipeline(e, 'build', {
  registries: [{ name: 'prod' }],
  triggers: [{ name: 'release', serviceAccount: 'release-pusher' }],
});
await pipelineReady(e, 'build');

const pipeline = { 'ecr-operator.dev/pipeline': 'build' };
const trigger = { ...pipeline, 'ecr-operator.dev/trigger': 'release' };
const secretName = 'build.release-ecr';
const archive = readSettings().images.skopeo;
const image = await pushArchive(e, { secretName: 'build-ecr', archive, tag: 'tools' });

/** Pulls its image from the registry and pushes to it, and says nothing of a login. */
function pushingPod(tag: string): PodSpec {
  const container = pushContainer(tag);
  const [, , script = ''] = container.command ?? [];
  // The file that DOCKER_CONFIG leads to; older skopeo does not look at that variable itself.
  const command = ['sh', '-c', `export REGISTRY_AUTH_FILE="$DOCKER_CONFIG/config.json"\n${script}`];
  return restrictedPod({ ...container, command, image, imagePullPolicy: 'Always' }, reachRegistry(e));
}

const own = { name: 'DOCKER_CONFIG', value: '/their/own' };
const {
  containers: [main],
  ...rest
} = pushingPod('never');
if (main === undefined) throw new Error('a pod without a container');
/** Three containers, one of which has a docker config of its own. */
const threeContainers: PodSpec = {
  ...rest,
  initContainers: [{ ...main, name: 'first' }],
  containers: [main, { ...main, name: 'theirs', env: [own] }],
};

const configOf = ({ env = [] }: Container): string[] =>
  env.flatMap(({ name, value }) => (name === own.name ? [value] : []));

test('a labelled pod is left as it is while injection is off, which is the default', async () => {
  expect(await admitted(e, threeContainers, trigger)).toEqual(await admitted(e, threeContainers));
});

describe('with injection.enabled', () => {
  beforeAll(async () => {
    await enableInjection(e.cluster);
    await waitFor(
      'the policy to take effect',
      async () => (await admitted(e, threeContainers, trigger)).imagePullSecrets !== undefined,
      { everyMs: 300 },
    );
  });

  test('a pod without the label is what was sent, byte for byte', async () => {
    // With all defaults filled in there is nothing left that the API server itself would add.
    const complete = await admitted(e, threeContainers);
    expect(JSON.stringify(await admitted(e, complete))).toBe(JSON.stringify(complete));
    expect(complete).toMatchObject(threeContainers);
    expect(complete.imagePullSecrets).toBeUndefined();
    expect(JSON.stringify(complete)).not.toContain('-ecr"');
  });

  test('a pod with the label pulls its image and pushes with the login of its trigger', async () => {
    const [pushed, pulled] = digestsIn(await runPod(e, 'push', pushingPod('trigger'), trigger));
    expect(pushed).toMatch(/^sha256:/);
    expect(pulled).toBe(pushed);
    expect(roleThatPushed(e, 'trigger')).toContain(':assumed-role/release-pusher/');
  });

  test('a pod that names no trigger pushes with the login of its pipeline', async () => {
    await runPod(e, 'push', pushingPod('pipeline'), pipeline);
    expect(roleThatPushed(e, 'pipeline')).toContain(':assumed-role/build-pusher/');
  });

  test('every container gets the login, init containers too; one with its own DOCKER_CONFIG keeps that', async () => {
    const {
      imagePullSecrets,
      containers,
      initContainers = [],
      volumes = [],
    } = await admitted(e, threeContainers, trigger);
    expect(imagePullSecrets).toEqual([{ name: secretName }]);
    const volume = volumes.find(
      ({ secret }) => (secret as { secretName?: string } | undefined)?.secretName === secretName,
    );
    const [path = ''] = configOf(containers[0] ?? main);
    const mount = { name: volume?.name, mountPath: path, readOnly: true };
    for (const container of [...initContainers, ...containers.slice(0, 1)]) {
      expect(configOf(container)).toEqual([path]);
      expect(container.volumeMounts).toContainEqual(expect.objectContaining(mount));
    }
    expect(configOf(containers[1] ?? main)).toEqual([own.value]);
    expect(containers[1]?.volumeMounts).toEqual(main.volumeMounts);
  });

  test('a pod that has all of it is left as it is', async () => {
    const injected = await admitted(e, threeContainers, trigger);
    expect(JSON.stringify(await admitted(e, injected, trigger))).toBe(JSON.stringify(injected));
  });
});
