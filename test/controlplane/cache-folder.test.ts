import { expect, test } from 'vitest';
import { cacheKey, kubernetesVersion, platformOf, readPins } from '../support/controlplane/cache-folder.ts';

const goMod =
  'module m\n\nrequire (\n\tk8s.io/api v0.37.2 // indirect\n\tk8s.io/kubernetes v1.37.2 // indirect\n)\n';
const linux = { os: 'linux', arch: 'amd64' };

test('the cache folder is named by Kubernetes version, content hash and platform', () => {
  expect(cacheKey(goMod, 'sums', linux)).toMatch(/^v1\.37\.2-[0-9a-f]{10}-linux-amd64$/);
});

test('a change of go.mod, of go.sum or of the platform gives another folder', () => {
  const keys = [
    cacheKey(goMod, 'sums', linux),
    cacheKey(`${goMod}\n`, 'sums', linux),
    cacheKey(goMod, 'other sums', linux),
    cacheKey(goMod, 'sums', { os: 'linux', arch: 'arm64' }),
    cacheKey(goMod, 'sums', { os: 'darwin', arch: 'amd64' }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('text that moves from go.mod to go.sum gives another folder', () => {
  expect(cacheKey(`${goMod}x`, 'y', linux)).not.toBe(cacheKey(goMod, 'xy', linux));
});

test('a go.mod without Kubernetes is refused', () => {
  expect(() => kubernetesVersion('module m\n')).toThrow(/does not require k8s.io\/kubernetes/);
});

test('platforms are named in the words of Go', () => {
  expect(platformOf('linux', 'x64')).toEqual(linux);
  expect(platformOf('darwin', 'arm64')).toEqual({ os: 'darwin', arch: 'arm64' });
});

test('the cache of this checkout lies in XDG_CACHE_HOME', () => {
  const { cacheDir } = readPins({ XDG_CACHE_HOME: '/xdg' });
  expect(cacheDir).toMatch(/^\/xdg\/ecr-operator\/controlplane\/v1\.\d+\.\d+-[0-9a-f]{10}-/);
});
