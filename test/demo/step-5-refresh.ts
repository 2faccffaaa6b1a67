import { duration } from '../support/controlplane/progress.ts';
import { saveLogin, remoteImage, tryLogin, type ImageTool } from './image-tool.ts';
import { allRegistries, readRegistries, readSecret } from './registries.ts';
import type { World } from './world.ts';

const times =
  'kubectl get ecr -n ci -o custom-columns=NAME:.metadata.name,EXPIRES:.status.expiresAt,REFRESH:.status.refreshAt';
const versions =
  'kubectl get secret -n ci -o custom-columns=SECRET:.metadata.name,VERSION:.metadata.resourceVersion';

/** Asks for a refresh, sees one by schedule, and sees that an old token is refused after its end. */
export async function showRefresh(world: World, tool: ImageTool): Promise<void> {
  const { screen, shell } = world;
  const first = await read(world);
  await shell.run(times);
  screen.say('\nA refresh can be asked for:');
  await shell.run(
    'kubectl annotate ecr --all -n ci --overwrite ecr-operator.dev/refresh-requested-at=$(date -u +%Y-%m-%dT%H:%M:%SZ)',
  );
  await screen.waitFor(
    'the requested refresh',
    async () => (await read(world)).expiresAtMs > first.expiresAtMs,
  );
  await shell.run(times);
  await shell.run(versions);
  const oldLogin = await saveLogin(world, 'push-ecr', 'old.json');
  const old = await read(world);
  screen.check('the registry takes this login', (await tryLogin(world, tool, oldLogin)).code === 0);

  screen.say('\nNobody touches anything now. At half of the life of its token each Secret is refreshed:');
  const fresh = await screen.waitFor('the scheduled refresh', async () => {
    const both = await allRegistries(world, 'ci', ({ expiresAtMs }) => expiresAtMs > old.expiresAtMs);
    const now = await read(world);
    return both && now.expiresAtMs > old.expiresAtMs && now.version !== old.version && now;
  });
  const left = old.expiresAtMs - Date.now();
  await shell.run(times);
  await shell.run(versions);
  screen.check(
    `refreshed ${duration(left)} before the old token expires`,
    left > 0 && fresh.hash !== old.hash,
  );
  await showOldTokenRefused(world, tool, { oldLogin, expiresAtMs: old.expiresAtMs });
}

async function showOldTokenRefused(
  world: World,
  tool: ImageTool,
  { oldLogin, expiresAtMs }: { oldLogin: string; expiresAtMs: number },
): Promise<void> {
  const { screen, shell } = world;
  // Status tells whole seconds, cut: the token may live for up to a second more.
  await screen.waitFor('the old token to expire', () => Date.now() > expiresAtMs + 1_000);
  screen.say('\nThe old token has expired, the Secret holds its successor:');
  const refusal = await shell.fails(tool.inspect(oldLogin, remoteImage));
  screen.check('the registry refuses the old login', /expired|unauthorized|401/i.test(refusal));
  const newLogin = await saveLogin(world, 'push-ecr', 'new.json');
  screen.check(
    'the registry takes the login of the Secret',
    (await tryLogin(world, tool, newLogin)).code === 0,
  );
}

async function read(world: World): Promise<{ expiresAtMs: number; version: string; hash: string }> {
  const { expiresAtMs = Number.NaN } = (await readRegistries(world, 'ci')).get('push') ?? {};
  const { version = '', hash = '' } = (await readSecret(world, 'ci', 'push-ecr')) ?? {};
  return { expiresAtMs, version, hash };
}
