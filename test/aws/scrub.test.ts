import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrub } from '../../src/aws/scrub.ts';

const secretKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzzzzzKEY';
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';

describe('scrubbing', () => {
  it.each([
    ['a secret access key', `the key ${secretKey} is wrong`, 'the key [redacted] is wrong'],
    ['a JWT', `token ${jwt} is expired`, 'token [redacted] is expired'],
    ['a JWT without signature', 'token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0 here', 'token [redacted] here'],
    ['an access key id', 'Credential=AKIAIOSFODNN7EXAMPLE is', 'Credential=AKIA[redacted] is'],
    [
      'a session token in a canonical request',
      `x-amz-security-token:IQoJb3JpZ2luX2Vj${'Ab9/'.repeat(80)} x`,
      'x-amz-security-token:[redacted] x',
    ],
    ['an Authorization header', 'sent Basic QVdTOnBhc3N3b3JkMTIz to', 'sent Basic [redacted] to'],
    ['a percent-encoded token', `a ${'A%2Fb9'.repeat(20)} z`, 'a [redacted] z'],
    [
      'the query of a signed URL',
      'GET https://sts.amazonaws.com/?X-Amz-Signature=abc now',
      'GET https://sts.amazonaws.com/?[redacted] now',
    ],
    [
      'the user info of a URL',
      'proxy https://bob:pw@proxy.example:8080/x',
      'proxy https://[redacted]@proxy.example:8080/x',
    ],
    [
      'a base64 run inside an ARN',
      `arn:aws:iam::123456789012:role/${'A1b2'.repeat(12)}`,
      'arn:aws:iam::123456789012:role/[redacted]',
    ],
  ])('replaces %s', (_what, text, clean) => {
    expect(scrub(text)).toBe(clean);
  });

  it.each([
    'User: arn:aws:sts::123456789012:assumed-role/production-cluster-ecr-pull-role/ecr-operator-ci-builder-0a1b2c3d is not',
    'No OpenIDConnect provider found in your account for https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF',
    'because no identity-based policy allows the ecr:GetAuthorizationToken action',
    'Token expired: current date/time 1731098245 must be before the expiration date/time 1731095240',
  ])('keeps what helps: %s', (text) => {
    expect(scrub(text)).toBe(text);
  });

  it('makes one printable line of anything', () => {
    expect(scrub('a\r\n\tb\u0000c\u202ed \ud800e')).toBe('a b c d e');
  });

  it('cuts a huge text without leaving half a secret', () => {
    const text = `${'word '.repeat(1636)}${secretKey}`;
    expect(text.length).toBeGreaterThan(8192);
    expect(scrub(text)).not.toContain(secretKey.slice(0, 8));
  });

  it('lets no secret through wherever it stands in a message', () => {
    const base64Run = fc.stringMatching(/^[A-Za-z0-9+/]{40,200}={0,2}$/);
    const anyJwt = fc.stringMatching(/^eyJ[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}\.[A-Za-z0-9_-]{10,40}$/);
    const around = fc.stringMatching(/^[a-z ,.:'"()\n]{0,40}$/);
    fc.assert(
      fc.property(around, fc.oneof(base64Run, anyJwt), around, (before, secret, after) => {
        const clean = scrub(`${before} ${secret} ${after}`);
        for (let at = 0; at + 12 <= secret.length; at++)
          expect(clean).not.toContain(secret.slice(at, at + 12));
      }),
      { numRuns: 500 },
    );
  });
});
