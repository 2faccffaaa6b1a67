import { expect, test } from 'vitest';
import type { Level } from '../../src/identity/levels.ts';
import { createRegistry, patchSpec, region } from '../operator/registries.ts';
import { createPipeline, patchPipeline, pipelineWhere, statusOfSecret } from '../pipelines/pipelines.ts';
import { createE2e } from './fixture.ts';
import { runPod } from './pods.ts';
import { digestsIn, pushWith, roleThatPushed } from './push.ts';

const e = await createE2e();
const secretName = 'build.release-ecr';

/** From the highest level down: its service account, and what takes away the level above. */
const levels: readonly { level: Level; serviceAccount: string; arrange?: () => Promise<void> }[] = [
  { level: 'trigger', serviceAccount: 'release-pusher' },
  {
    level: 'pipeline',
    serviceAccount: 'build-pusher',
    arrange: () => patchPipeline(e, 'build', { triggers: [{ name: 'release' }] }),
  },
  {
    level: 'account',
    serviceAccount: 'account-pusher',
    arrange: () => patchPipeline(e, 'build', { serviceAccount: null }),
  },
  {
    level: 'runtime',
    serviceAccount: 'runtime-pusher',
    arrange: () => patchSpec(e, 'prod', { credentials: { serviceAccounts: { account: null } } }),
  },
];

for (const { serviceAccount } of levels) await e.puller(serviceAccount);
await createRegistry(e, 'prod', {
  region,
  credentials: { serviceAccounts: { runtime: 'runtime-pusher', account: 'account-pusher' } },
});
await createPipeline(e, 'build', {
  serviceAccount: 'build-pusher',
  triggers: [{ name: 'release', serviceAccount: 'release-pusher' }],
});

/** Waits until the Secret of the trigger is of this service account. */
async function wonBy(serviceAccount: string): Promise<void> {
  await pipelineWhere(e, 'build', `Ready with ${serviceAccount}`, ({ status }, pipeline) => {
    const { winners = [] } = statusOfSecret(pipeline, secretName);
    return status === 'True' && winners.some((winner) => winner.serviceAccount === serviceAccount);
  });
}

test.each(levels)(
  'with $level as its highest level, a pod that mounts the Secret of its trigger pushes as that service account',
  async ({ level, serviceAccount, arrange }) => {
    await arrange?.();
    await wonBy(serviceAccount);
    const columns = await e.kubectl('get', 'ecrp', 'build', '--namespace', e.namespace, '--output=wide');
    console.log(columns.trim());
    expect(columns).toContain(`${serviceAccount} (${level})`);

    const [pushed, pulled] = digestsIn(await runPod(e, `push-${level}`, pushWith(e, secretName, level)));
    expect(pushed).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(pulled).toBe(pushed);

    expect(roleThatPushed(e, level)).toMatch(new RegExp(`:assumed-role/${serviceAccount}/`));
    const asked = { operation: 'GetAuthorizationToken', code: 200 };
    const roleArn = `arn:aws:iam::111122223333:role/${serviceAccount}`;
    expect(e.aws.countCalls({ ...asked, roleArn })).toBe(1);
  },
);
