import { expect, test } from 'vitest';
import { describeFound, searchBinaries, type Machine } from '../support/controlplane/binary-search.ts';
import type { Version } from '../support/controlplane/tool-catalogue.ts';

const machine = (files: string[], onPath: Record<string, Version> = {}, assetsDir?: string): Machine => ({
  ...(assetsDir === undefined ? {} : { assetsDir }),
  cacheDir: '/cache',
  isExecutable: (file) => files.includes(file),
  onPath: (name) => {
    const version = onPath[name];
    return version && { file: `/usr/bin/${name}`, version };
  },
});

test('KUBEBUILDER_ASSETS goes before the cache for the server binaries', () => {
  const both = ['/assets/etcd', '/cache/etcd'];
  expect(searchBinaries(['etcd'], machine(both, {}, '/assets')).found).toEqual([
    { name: 'etcd', source: 'assets', file: '/assets/etcd' },
  ]);
  expect(searchBinaries(['etcd'], machine(both)).found).toEqual([
    { name: 'etcd', source: 'cache', file: '/cache/etcd' },
  ]);
});

test('an assets folder without the controller manager leaves it to the cache', () => {
  const here = machine(['/assets/etcd', '/cache/kube-controller-manager'], {}, '/assets');
  expect(searchBinaries(['etcd', 'kube-controller-manager'], here).found.map(({ source }) => source)).toEqual(
    ['assets', 'cache'],
  );
});

test('a server binary on PATH is not taken, since its version is anything', () => {
  expect(searchBinaries(['etcd'], machine([], { etcd: [3, 5] }))).toEqual({ found: [], missing: ['etcd'] });
});

test('kubectl and helm come from PATH when they are new enough', () => {
  const here = machine(['/cache/kubectl', '/cache/helm'], { kubectl: [1, 30], helm: [4, 0] });
  const files = searchBinaries(['kubectl', 'helm'], here).found.map(({ file }) => file);
  expect(files).toEqual(['/usr/bin/kubectl', '/usr/bin/helm']);
});

test('kubectl and helm of PATH that are too old give way to the cache', () => {
  const here = machine(['/cache/kubectl'], { kubectl: [1, 29], helm: [3, 13] });
  expect(searchBinaries(['kubectl', 'helm'], here)).toEqual({
    found: [{ name: 'kubectl', source: 'cache', file: '/cache/kubectl' }],
    missing: ['helm'],
  });
});

test('the line about where binaries came from groups them by folder', () => {
  const { found } = searchBinaries(['etcd', 'kube-apiserver', 'helm'], {
    ...machine(['/cache/etcd', '/cache/kube-apiserver'], { helm: [3, 20] }),
  });
  expect(describeFound(found)).toBe(
    'etcd, kube-apiserver from the cache (/cache); helm from PATH (/usr/bin)',
  );
});
