import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redacted } from '../../src/base/redacted.ts';
import { encodeDockerConfig, parseDockerConfig } from '../../src/docker-config/docker-config.ts';

const plain = (text: string): [string, string, string][] =>
  [...parseDockerConfig(new Redacted(text))].map(([host, a]) => [host, a.username, a.password.reveal()]);

describe('docker config', () => {
  it('reads back what it wrote, also passwords with colons', () => {
    const login = fc.tuple(
      fc.domain(),
      fc.stringMatching(/^[A-Za-z]{1,8}$/),
      fc.string({ unit: 'grapheme', minLength: 1 }),
    );
    fc.assert(
      fc.property(fc.uniqueArray(login, { selector: ([host]) => host, maxLength: 8 }), (logins) => {
        const auths = new Map(logins.map(([h, username, p]) => [h, { username, password: new Redacted(p) }]));
        const sorted = logins.toSorted(([a], [b]) => (a < b ? -1 : 1));
        expect(plain(encodeDockerConfig(auths).reveal())).toEqual(sorted);
      }),
    );
  });

  it('gives the same bytes whatever the order of the hosts', () => {
    const a = ['a.io', { username: 'AWS', password: new Redacted('1') }] as const;
    const b = ['b.io', { username: 'AWS', password: new Redacted('2') }] as const;
    expect(encodeDockerConfig(new Map([b, a])).reveal()).toBe(encodeDockerConfig(new Map([a, b])).reveal());
  });

  it('reads entries that are written as username and password', () => {
    expect(plain('{"auths":{"a.io":{"username":"AWS","password":"x:y"}}}')).toEqual([['a.io', 'AWS', 'x:y']]);
  });

  it.each([
    '',
    'null',
    '[]',
    '{"auths":3}',
    '{"auths":{"a.io":{"auth":"bm9jb2xvbg=="}}}',
    '{"auths":{"a.io":null}}',
    '{',
  ])('finds no login in %j', (text) => expect(plain(text)).toEqual([]));
});
