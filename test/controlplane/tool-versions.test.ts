import { expect, test } from 'vitest';
import { linkerFlags, parseGoVersion } from '../support/controlplane/go-build.ts';
import { isAtLeast, parseVersion } from '../support/controlplane/tool-catalogue.ts';

test.each([
  ['{"clientVersion":{"major":"1","minor":"32","gitVersion":"v1.32.4-gke"}}', [1, 32]],
  ['v3.14.2+gc309b6f', [3, 14]],
  ['v4.3.1', [4, 3]],
])('the version in %s is %j', (output, version) => {
  expect(parseVersion(output)).toEqual(version);
});

test('output without a version gives none', () => {
  expect(parseVersion('command not found')).toBeUndefined();
  expect(parseGoVersion('command not found')).toBeUndefined();
});

test('the Go version is read from what go version prints', () => {
  expect(parseGoVersion('go version go1.26.8 linux/amd64')).toEqual([1, 26]);
});

test('versions compare as numbers, major first', () => {
  expect(isAtLeast([1, 100], [1, 30])).toBe(true);
  expect(isAtLeast([1, 30], [1, 30])).toBe(true);
  expect(isAtLeast([2, 0], [1, 30])).toBe(true);
  expect(isAtLeast([1, 9], [1, 30])).toBe(false);
  expect(isAtLeast([0, 99], [1, 30])).toBe(false);
});

test('the linker gets the version that the API server reports', () => {
  const flags = linkerFlags('v1.37.2');
  for (const value of ['gitVersion=v1.37.2', 'gitMajor=1', 'gitMinor=37'])
    expect(flags).toContain(`version.${value}`);
});
