import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AuthorizationRefused, parseAuthorizationData } from '../../src/aws/authorization-token.ts';

const now = Date.UTC(2026, 5, 1);
const hour = 3_600_000;
const good = {
  authorizationToken: base64('AWS:pass'),
  expiresAt: new Date(now + 12 * hour),
  proxyEndpoint: 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com',
};

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function parse(change: object): ReturnType<typeof parseAuthorizationData> {
  return parseAuthorizationData({ authorizationData: [{ ...good, ...change }] }, now);
}

describe('an answer of GetAuthorizationToken', () => {
  it('of ECR gives user, password, times and account', () => {
    const token = parse({});
    expect(token).toMatchObject({ username: 'AWS', issuedAtMs: now, expiresAtMs: now + 12 * hour });
    expect(token.accountId).toBe('123456789012');
    expect(token.password.reveal()).toBe('pass');
  });

  it('of ECR Public is an object without endpoint', () => {
    const { proxyEndpoint: _, ...data } = good;
    const token = parseAuthorizationData({ authorizationData: data }, now);
    expect(token.password.reveal()).toBe('pass');
    expect('accountId' in token).toBe(false);
  });

  it('may hold a password with colons', () => {
    expect(parse({ authorizationToken: base64('AWS:a:b::c') }).password.reveal()).toBe('a:b::c');
  });

  it('may hold a password of 12 kB and of 32 kB', () => {
    for (const length of [12 * 1024, 32 * 1024]) {
      const password = 'p'.repeat(length);
      expect(parse({ authorizationToken: base64(`AWS:${password}`) }).password.reveal()).toBe(password);
    }
  });

  it('may tell the expiry in epoch seconds, as it is on the wire', () => {
    expect(parse({ expiresAt: now / 1000 + 3600 }).expiresAtMs).toBe(now + hour);
    // In whole seconds, cut, as it is noted in the Secret.
    expect(parse({ expiresAt: now / 1000 + 3600.999 }).expiresAtMs).toBe(now + hour);
  });

  it('has no account if the endpoint is not ECR itself', () => {
    expect('accountId' in parse({ proxyEndpoint: 'https://127.0.0.1:5000' })).toBe(false);
  });

  it('never shows the password by printing the token', () => {
    const token = parse({ authorizationToken: base64('AWS:canary-1') });
    expect(inspect(token) + JSON.stringify(token)).not.toContain('canary-1');
  });
});

describe('an odd answer is refused', () => {
  it.each([
    ['nothing', undefined, 'NoAuthorizationData'],
    ['a text', 'AWS:x', 'NoAuthorizationData'],
    ['no authorizationData', {}, 'NoAuthorizationData'],
    ['empty authorizationData', { authorizationData: [] }, 'NoAuthorizationData'],
    ['a null entry', { authorizationData: [null] }, 'NoAuthorizationData'],
    ['two entries', { authorizationData: [good, good] }, 'SeveralAuthorizationData'],
  ])('with %s', (_what, answer, reason) => {
    expect(refusal(() => parseAuthorizationData(answer, now)).reason).toBe(reason);
  });

  it.each([
    ['no token', { authorizationToken: undefined }, 'NotBase64'],
    ['a token that is no text', { authorizationToken: 7 }, 'NotBase64'],
    ['characters that are not base64', { authorizationToken: 'QVdT!Onk=' }, 'NotBase64'],
    [
      'base64 for URLs',
      { authorizationToken: base64('AWS:\u{3fff}\u{3fff}').replaceAll('+', '-').replaceAll('/', '_') },
      'NotBase64',
    ],
    ['a line break at the end of the token', { authorizationToken: `${base64('AWS:x')}\n` }, 'NotBase64'],
    [
      'bytes that are not UTF-8',
      { authorizationToken: Buffer.from([65, 87, 83, 58, 0xff]).toString('base64') },
      'NotBase64',
    ],
    ['a token far too long', { authorizationToken: base64(`AWS:${'p'.repeat(40_000)}`) }, 'NotBase64'],
    ['no colon', { authorizationToken: base64('AWS') }, 'NoColon'],
    ['another user', { authorizationToken: base64('aws:x') }, 'WrongUser'],
    ['no user', { authorizationToken: base64(':x') }, 'WrongUser'],
    ['a byte order mark', { authorizationToken: base64('\ufeffAWS:x') }, 'WrongUser'],
    ['an empty password', { authorizationToken: base64('AWS:') }, 'BadPassword'],
    ['a line break in the password', { authorizationToken: base64('AWS:a\nb') }, 'BadPassword'],
    [
      'a password one byte too long',
      { authorizationToken: base64(`AWS:${'p'.repeat(32 * 1024 + 1)}`) },
      'NotBase64',
    ],
    ['no expiry', { expiresAt: undefined }, 'NoExpiry'],
    ['an invalid date', { expiresAt: new Date(NaN) }, 'NoExpiry'],
    ['a date as text', { expiresAt: '2026-06-01T12:00:00Z' }, 'NoExpiry'],
    ['an infinite expiry', { expiresAt: Infinity }, 'NoExpiry'],
    ['an expiry right now', { expiresAt: new Date(now) }, 'Expired'],
    ['an expiry of 2015', { expiresAt: new Date('2015-01-01') }, 'Expired'],
    ['an expiry in ten years', { expiresAt: new Date(now + 87_600 * hour) }, 'ExpiryTooFar'],
    ['an expiry just over 13 hours away', { expiresAt: new Date(now + 13 * hour + 1) }, 'ExpiryTooFar'],
    ['milliseconds where seconds belong', { expiresAt: now + 12 * hour }, 'ExpiryTooFar'],
    [
      'an http endpoint',
      { proxyEndpoint: 'http://123456789012.dkr.ecr.eu-west-1.amazonaws.com' },
      'BadProxyEndpoint',
    ],
    ['an endpoint that is no URL', { proxyEndpoint: 'nowhere' }, 'BadProxyEndpoint'],
    ['an endpoint with a password', { proxyEndpoint: 'https://a:b@example.com' }, 'BadProxyEndpoint'],
  ])('with %s', (_what, change, reason) => {
    expect(refusal(() => parse(change)).reason).toBe(reason);
  });

  it('or gives exactly what it says, and a refusal shows nothing of it', () => {
    const canary = fc.stringMatching(/^[A-Z]{12,20}$/);
    const text = fc.oneof(
      canary.map((secret) => `AWS:${secret}`),
      fc
        .tuple(fc.constantFrom('AWS:', 'AWS', ':', 'aws:', ''), fc.string({ unit: 'binary' }))
        .map((two) => two.join('')),
    );
    const token = fc.oneof(text.map(base64), fc.string(), fc.constant(null));
    const expiry = fc.oneof(
      fc.date(),
      fc.double(),
      fc.integer({ min: 1, max: 13 }).map((h) => new Date(now + h * hour)),
    );
    const entry = fc.record({ authorizationToken: token, expiresAt: expiry }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.oneof(fc.array(entry, { maxLength: 2 }), entry), (authorizationData) => {
        checkAnswer(authorizationData);
      }),
      { numRuns: 2000 },
    );
  });
});

type Entry = { authorizationToken?: string | null; expiresAt?: Date | number };

function checkAnswer(authorizationData: Entry | Entry[]): void {
  const entries = Array.isArray(authorizationData) ? authorizationData : [authorizationData];
  const sent = entries[0]?.authorizationToken;
  try {
    const parsed = parseAuthorizationData({ authorizationData }, now);
    expect(entries).toHaveLength(1);
    expect(base64(`AWS:${parsed.password.reveal()}`)).toBe(sent);
    expect(parsed.expiresAtMs).toBeGreaterThan(now);
    expect(parsed.expiresAtMs).toBeLessThanOrEqual(now + 13 * hour);
  } catch (error) {
    if (!(error instanceof AuthorizationRefused)) throw error;
    const secret = Buffer.from(sent ?? '', 'base64')
      .toString()
      .slice('AWS:'.length);
    if (secret.length >= 12) expect(inspect(error)).not.toContain(secret);
  }
}

function refusal(run: () => unknown): AuthorizationRefused {
  try {
    run();
  } catch (error) {
    if (error instanceof AuthorizationRefused) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
