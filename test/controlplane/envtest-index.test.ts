import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { chooseArchive } from '../support/controlplane/envtest-index.ts';

const linux = { os: 'linux', arch: 'amd64' };
const hash = 'AB'.repeat(64);

function index(versions: string[], { scheme = 'https', sum = hash } = {}): string {
  const entry = (version: string) => ({
    [`envtest-${version}-linux-amd64.tar.gz`]: { hash: sum, selfLink: `${scheme}://example.org/${version}` },
  });
  return stringify({ releases: Object.fromEntries(versions.map((version) => [version, entry(version)])) });
}

test('the wanted version is taken when it is listed', () => {
  expect(chooseArchive(index(['v1.37.9', 'v1.37.2', 'v1.36.0']), 'v1.37.2', linux)).toEqual({
    version: 'v1.37.2',
    url: 'https://example.org/v1.37.2',
    sha512: hash.toLowerCase(),
  });
});

test('else the newest patch of the same minor version, compared as numbers', () => {
  const text = index(['v1.37.9', 'v1.37.10', 'v1.37.11-rc.1', 'v1.38.0', 'v1.3.99']);
  expect(chooseArchive(text, 'v1.37.2', linux)?.version).toBe('v1.37.10');
});

test('another minor version or another platform is never taken', () => {
  expect(chooseArchive(index(['v1.36.0', 'v1.38.0']), 'v1.37.2', linux)).toBeUndefined();
  expect(chooseArchive(index(['v1.37.2']), 'v1.37.2', { os: 'linux', arch: 'riscv64' })).toBeUndefined();
});

test('an entry that cannot be verified is refused', () => {
  expect(() => chooseArchive(index(['v1.37.2'], { sum: 'abc' }), 'v1.37.2', linux)).toThrow(/SHA-512/);
  expect(() => chooseArchive(index(['v1.37.2'], { scheme: 'http' }), 'v1.37.2', linux)).toThrow(/https/);
});

test('a page that is no index is refused', () => {
  expect(() => chooseArchive('<html></html>', 'v1.37.2', linux)).toThrow();
});
