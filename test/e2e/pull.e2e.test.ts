import { expect, test } from 'vitest';
import { send } from '../aws-local/registry-client.ts';
import { getSecret, passwordsIn } from '../operator/pull-secrets.ts';
import { createRegistry, ready, specFor } from '../operator/registries.ts';
import { registryHost } from '../support/node/network.ts';
import { waitFor } from '../support/wait-for.ts';
import { createE2e } from './fixture.ts';
import { createPod, eventsOf, podIn, restrictedPod } from './pods.ts';
import { pushArchive } from './push-archive.ts';
import type { PodSpec } from './resources.ts';
import { readSettings } from './settings.ts';

const e = await createE2e();
const secretName = 'prod-ecr';

/** The twelve hours of a token are 15 seconds here, so it is refreshed after 7, and refused 8 later. */
e.aws.settings.update({ lifetimeScale: 2880 });
await e.puller('ecr-puller');
await createRegistry(e, 'prod', specFor('ecr-puller'));
await ready(e, 'prod');
const image = await pushArchive(e, { secretName, archive: readSettings().images.busybox, tag: 'app' });

/** A pod whose image the kubelet asks the registry for each time. */
function pulls(spec: Partial<PodSpec> = {}): PodSpec {
  return restrictedPod({ image, imagePullPolicy: 'Always', command: ['true'] }, spec);
}

async function password(): Promise<string> {
  return passwordsIn(await getSecret(e, secretName)).get(registryHost) ?? '';
}

async function isRefused(old: string): Promise<boolean> {
  const authorization = `Basic ${Buffer.from(`AWS:${old}`).toString('base64')}`;
  const { status } = await send(e.aws, { host: registryHost, path: '/v2/', headers: { authorization } });
  return status === 401;
}

async function allRefused(passwords: readonly string[]): Promise<boolean> {
  for (const old of passwords) if (!(await isRefused(old))) return false;
  return true;
}

/** How often the registry gave the manifest to somebody who was logged in. */
function pullsWithLogin(): number {
  const path = '/v2/team/app/manifests/';
  return e.aws.registry
    .requests()
    .filter((r) => r.path.startsWith(path) && r.status === 200 && r.principalArn !== undefined).length;
}

test('the registry gives the image to nobody without a login', async () => {
  const pod = await createPod(e, 'stranger', pulls());
  const refusal = await waitFor('the pull to fail', async () =>
    (await eventsOf(e, pod.metadata.name)).find((event) => event.startsWith('Warning Failed')),
  );
  expect(refusal).toContain(image);
});

test('pods pull, one after another, through three refreshes until the logins before are refused, and no pull fails', async () => {
  const logins = [await password()];
  const names: string[] = [];
  e.aws.registry.resetRequests();
  while (logins.length < 4 || !(await allRefused(logins.slice(0, 3)))) {
    const pod = await podIn(
      e,
      await createPod(e, 'pull', pulls({ imagePullSecrets: [{ name: secretName }] })),
      'Succeeded',
    );
    names.push(pod.metadata.name);
    const now = await password();
    if (now !== logins.at(-1)) logins.push(now);
  }
  expect(pullsWithLogin()).toBeGreaterThanOrEqual(names.length);
  for (const name of names) {
    const events = await waitFor(`the pull of ${name} in its events`, async () => {
      const all = await eventsOf(e, name);
      return all.some((event) => event.startsWith('Normal Pulled: Successfully pulled')) && all;
    });
    expect(events.filter((event) => /^Warning|BackOff|Failed/.test(event))).toEqual([]);
  }
  console.log(
    `${names.length} pods pulled in turn, with ${logins.length} logins; the first three are refused by now`,
  );
});
