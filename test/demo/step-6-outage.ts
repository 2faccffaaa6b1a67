import { saveLogin, tryLogin, type ImageTool } from './image-tool.ts';
import { allRegistries, isReady, readRegistries, readSecret } from './registries.ts';
import type { World } from './world.ts';

const readyMessage = `kubectl get ecr push -n ci -o jsonpath='{.status.conditions[?(@.type=="Ready")].message}'`;

/** Breaks STS and ECR until a refresh has failed, shows that the login stays, and lets AWS recover. */
export async function showOutage(world: World, tool: ImageTool): Promise<void> {
  const { screen, shell, aws } = world;
  await screen.waitFor('both registries to be Ready', () => allRegistries(world, 'ci', isReady));
  screen.say('STS and ECR now answer 503 to every call.');
  const error = {
    kind: 'error',
    status: 503,
    code: 'ServiceUnavailable',
    message: 'Service is down',
  } as const;
  aws.faults.inject({ service: 'sts', ...error });
  aws.faults.inject({ service: 'ecr', ...error });
  let hashBefore = '';
  await screen.waitFor('the next refresh to fail', async () => {
    const secret = await readSecret(world, 'ci', 'push-ecr');
    const { ready } = (await readRegistries(world, 'ci')).get('push') ?? {};
    // A refresh that was under way when AWS broke may still have come through.
    if (ready === 'True') hashBefore = secret?.hash ?? '';
    return ready === 'False';
  });
  await shell.run('kubectl get ecr -n ci');
  const message = await shell.run(readyMessage);
  screen.check(
    'the condition says why, and until when the login is good',
    /good until \d{4}-.*Z/.test(message),
  );
  await checkLoginStays(world, tool, hashBefore);

  // Tokens of true length again: the rest of the demo is not about time.
  aws.settings.update({ lifetimeScale: 1 });
  aws.faults.clear();
  screen.say('\nAWS works again. The operator finds out by itself:');
  await screen.waitFor('both registries to be Ready again', () =>
    allRegistries(world, 'ci', (state) => isReady(state) && state.expiresAtMs > Date.now() + 3_600_000),
  );
  await shell.run('kubectl get ecr -n ci');
  await shell.run('kubectl events -n ci --types=Warning');
  screen.check('Ready is True again', await allRegistries(world, 'ci', isReady));
}

async function checkLoginStays(world: World, tool: ImageTool, hashBefore: string): Promise<void> {
  const { screen } = world;
  const login = await saveLogin(world, 'push-ecr', 'outage.json');
  screen.check(
    'the registry still takes the login of the Secret',
    (await tryLogin(world, tool, login)).code === 0,
  );
  const after = await readSecret(world, 'ci', 'push-ecr');
  screen.check('the data of the Secret are the same', after?.hash === hashBefore);
}
