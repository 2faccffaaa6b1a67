import { describe, expect, it } from 'vitest';
import { cniPluginDir, missingForKind, missingForNode, type Machine } from './prerequisites.ts';

/** A machine that has everything, with changes. */
function machine(change: Partial<Machine> = {}): Machine {
  return {
    platform: 'linux',
    uid: 0,
    hasProgram: () => true,
    hasFile: () => true,
    tryNamespaces: () => undefined,
    tryDocker: () => undefined,
    ...change,
  };
}

describe('what a node needs', () => {
  it('is there on a machine that has everything', () => {
    expect(missingForNode(machine()).sentences).toEqual([]);
  });

  it('is said at once, with one command that installs all of it', () => {
    const absent = ['containerd', 'ctr', 'skopeo'];
    const bare = machine({ hasProgram: (name) => !absent.includes(name), hasFile: () => false });
    const { sentences, installable } = missingForNode(bare);
    expect(sentences).toHaveLength(5);
    expect(sentences.at(-1)).toBe(
      'install them: apt-get install containerd containernetworking-plugins skopeo',
    );
    expect(installable).toBe(true);
  });

  it('includes root, without whom installing helps nothing and nothing else is tried', () => {
    const tryNamespaces = (): never => expect.fail('not as this user');
    const { sentences, installable } = missingForNode(
      machine({ uid: 1000, hasProgram: () => false, tryNamespaces }),
    );
    expect(sentences.at(-1)).toContain('root is needed');
    expect(installable).toBe(false);
  });

  it('includes a kernel that lets it, whose words are quoted', () => {
    const refusing = machine({ tryNamespaces: () => 'unshare failed: Operation not permitted' });
    const { sentences, installable } = missingForNode(refusing);
    expect(sentences).toEqual([expect.stringContaining('Operation not permitted')]);
    expect(installable).toBe(false);
  });

  it('is nothing that another system than Linux could have', () => {
    expect(missingForNode(machine({ platform: 'darwin' })).sentences).toEqual([
      'a Linux kernel is needed, this is darwin',
    ]);
  });
});

describe('what kind needs', () => {
  it('is kind and an engine that answers, and nothing that only a node needs', () => {
    const without = machine({
      hasProgram: (name) => !['kind', 'containerd', 'runc'].includes(name),
      tryDocker: () => 'Cannot connect to the Docker daemon',
    });
    const { sentences, installable } = missingForKind(without);
    expect(sentences).toEqual([
      expect.stringContaining('kind.sigs.k8s.io'),
      expect.stringContaining('Cannot connect to the Docker daemon'),
    ]);
    expect(installable).toBe(false);
  });

  it('is not asked of a Docker that is not installed', () => {
    const tryDocker = (): never => expect.fail('there is no docker to ask');
    const without = machine({ hasProgram: (name) => name !== 'docker', tryDocker });
    expect(missingForKind(without).sentences).toEqual([expect.stringContaining('docker is not installed')]);
  });
});

it('the folder of the CNI plugins is the one that has all of them', () => {
  const hasFile = (file: string): boolean => file.startsWith('/opt') || file.endsWith('/loopback');
  expect(cniPluginDir({ hasFile })).toBe('/opt/cni/bin');
});
