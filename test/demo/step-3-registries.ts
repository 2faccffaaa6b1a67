import { allRegistries, isReady, readRegistries, readSecret } from './registries.ts';
import { manifests, registryHost, type World } from './world.ts';

/** Applies two registries, one for each level, and shows how they become ready. */
export async function applyRegistries(world: World): Promise<void> {
  const { screen, shell } = world;
  await shell.run(`kubectl apply -f ${manifests}/service-accounts.yaml`);
  await shell.run(`cat ${manifests}/registries.yaml`);
  const watch = shell.background('kubectl get ecr -n ci --watch');
  try {
    await shell.run(`kubectl apply -f ${manifests}/registries.yaml`);
    await screen.waitFor('both registries to be Ready', () => allRegistries(world, 'ci', isReady));
    await screen.waitFor('the table to show it', () => isReadyTwice(watch.output()), 10_000);
  } finally {
    await watch.stop();
    screen.output(watch.output());
  }
  await shell.run('kubectl get ecr -n ci -o wide');
  const found = await readRegistries(world, 'ci');
  screen.check('push uses the account level', found.get('push')?.level === 'account');
  screen.check('pull falls to the runtime level', found.get('pull')?.level === 'runtime');
  await showSecrets(world);
}

/** A line for each of the two, with True in the column Ready. */
function isReadyTwice(table: string): boolean {
  const ready = table.split('\n').filter((line) => /^\S+\s+True\s/.test(line));
  return new Set(ready.map((line) => line.split(/\s+/)[0])).size === 2;
}

async function showSecrets(world: World): Promise<void> {
  const { screen, shell } = world;
  await shell.run('kubectl get secret -n ci');
  const hidden = `sed -E 's/("auth":")[^"]+/\\1<hidden>/g'`;
  for (const name of ['push-ecr', 'pull-ecr']) {
    const output = await shell.run(
      `kubectl get secret ${name} -n ci -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d | ${hidden}`,
    );
    const type = (await readSecret(world, 'ci', name))?.type;
    screen.check(
      `${name} is a kubernetes.io/dockerconfigjson with a login for ${registryHost}`,
      type === 'kubernetes.io/dockerconfigjson' && output.includes(`"${registryHost}"`),
    );
  }
}
