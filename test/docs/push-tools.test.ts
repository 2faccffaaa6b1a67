import { describe, expect, it } from 'vitest';
import { type Container, type ShownPod, shownPods } from './pods.ts';
import { shownSecrets } from './registries.ts';

const secrets = shownSecrets();
const ecrHost = /\d{12}\.dkr\.ecr\.[\w-]+\.amazonaws\.com/g;
/** Pods with a login; the others show what injection does with them. */
const pods = shownPods().filter(({ spec }) => secretVolumes(spec).length > 0);

function secretVolumes({
  volumes,
}: ShownPod['spec']): { name: string; secretName: string; items: unknown }[] {
  return volumes.flatMap(({ name, secret }) =>
    secret === undefined ? [] : [{ name, secretName: secret.secretName, items: secret.items }],
  );
}

/** Whether the tool in a container looks for its login where a volume is mounted. */
function isTold({ name, env }: Container, mountPath: string): boolean {
  const valueOf = (variable: string): string | undefined => env.find((e) => e.name === variable)?.value;
  return (
    valueOf('DOCKER_CONFIG') === mountPath ||
    valueOf('REGISTRY_AUTH_FILE') === `${mountPath}/config.json` ||
    (name === 'kaniko' && mountPath === '/kaniko/.docker')
  );
}

it('the documents show a pod for each tool and system', () => {
  const shown = new Set(pods.map(({ where }) => where));
  const tools = ['kaniko', 'buildkit', 'dind', 'tekton', 'argo'].map((tool) => `push-${tool}.yaml`);
  const others = ['push.yaml', 'copy-crane.yaml', 'copy-skopeo.yaml', 'runner-scale-set.yaml'];
  expect(shown).toEqual(new Set([...tools, ...others]));
});

describe.each(pods)('the pod of $where', ({ spec }) => {
  const volumes = secretVolumes(spec);
  const containers = [...spec.initContainers, ...spec.containers];

  it('names only Secrets that an object of the documents has', () => {
    const named = [...volumes.map((v) => v.secretName), ...spec.imagePullSecrets.map((s) => s.name)];
    expect(named.filter((name) => !secrets.has(name))).toEqual([]);
  });

  it('has the key of the Secret as config.json, where a tool is told to look', () => {
    for (const { name, items } of volumes) {
      expect(items).toEqual([{ key: '.dockerconfigjson', path: 'config.json' }]);
      const users = containers.filter((c) => c.volumeMounts.some((mount) => mount.name === name));
      expect(users).toHaveLength(1);
      for (const user of users) {
        const [mount] = user.volumeMounts.filter((m) => m.name === name);
        expect(mount).toMatchObject({ readOnly: true });
        expect(mount).not.toHaveProperty('subPath');
        expect(isTold(user, mount?.mountPath ?? '')).toBe(true);
      }
    }
  });

  it('pushes to and copies from hosts that the Secret logs in to', () => {
    const hosts = new Set(JSON.stringify(spec).match(ecrHost));
    const known = volumes.flatMap(({ secretName }) => [...(secrets.get(secretName) ?? [])]);
    expect([...hosts].filter((host) => !known.includes(host))).toEqual([]);
  });
});
