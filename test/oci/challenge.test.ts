import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChallenges, tokenUrl, type Challenge } from '../../src/oci/challenge.ts';

const bearer = (more: Partial<Challenge & { scheme: 'Bearer' }> = {}): Challenge & { scheme: 'Bearer' } => ({
  scheme: 'Bearer',
  realm: 'https://auth.example/token',
  service: undefined,
  scope: undefined,
  ...more,
});

describe('a WWW-Authenticate header', () => {
  it.each<[string, string | undefined, readonly Challenge[]]>([
    ['of no answer', undefined, []],
    ['that is empty', '', []],
    [
      'of ECR',
      'Basic realm="https://1.dkr.ecr.eu-west-1.amazonaws.com/",service="ecr.amazonaws.com"',
      [{ scheme: 'Basic', realm: 'https://1.dkr.ecr.eu-west-1.amazonaws.com/' }],
    ],
    [
      'of ECR Public',
      'Bearer realm="https://public.ecr.aws/token/",service="public.ecr.aws",scope="aws"',
      [bearer({ realm: 'https://public.ecr.aws/token/', service: 'public.ecr.aws', scope: 'aws' })],
    ],
    [
      'with commas, quotes and equal signs in a value',
      'Bearer realm="https://auth.example/token",scope="repository:a:pull,push \\"x\\"=1"',
      [bearer({ scope: 'repository:a:pull,push "x"=1' })],
    ],
    [
      'with several schemes',
      'Negotiate, Digest realm="d", nonce="n", Bearer realm="https://auth.example/token", Basic realm="b"',
      [bearer(), { scheme: 'Basic', realm: 'b' }],
    ],
    [
      'in other capitals and spaces',
      'BEARER  Realm = "https://auth.example/token" ,\tService=plain',
      [bearer({ service: 'plain' })],
    ],
    ['with a token68 of another scheme', 'Negotiate YII=, Basic realm="b"', []],
    ['with a Bearer that has no realm', 'Bearer scope="x"', []],
    [
      'with a name twice: the first counts',
      'Basic realm="one", realm="two"',
      [{ scheme: 'Basic', realm: 'one' }],
    ],
    ['with a quote that never ends', 'Bearer realm="https://auth.example', []],
  ])('%s', (_what, header, challenges) => {
    expect(parseChallenges(header)).toEqual(challenges);
  });

  it('gives back every value that was quoted in it', () => {
    const value = fc.string({ maxLength: 40 }).filter((text) => !/[\r\n]/.test(text));
    const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(value, value, (service, scope) => {
        const header = `Basic realm=${quote(scope)}, Bearer realm="https://auth.example/token", service=${quote(service)}, scope=${quote(scope)}`;
        expect(parseChallenges(header)).toEqual([
          { scheme: 'Basic', realm: scope },
          bearer({ service, scope }),
        ]);
      }),
    );
  });

  it('never takes long or throws, whatever it is', () => {
    fc.assert(fc.property(fc.string({ maxLength: 500 }), (text) => void parseChallenges(text)));
    const hostile = [
      'Basic a="\\'.padEnd(100_000, '\\"'),
      'a,'.repeat(50_000),
      `Basic ${' '.repeat(100_000)}=`,
    ];
    const started = performance.now();
    for (const header of hostile) parseChallenges(header);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe('the address of a token service', () => {
  it('carries the service, and each scope by itself', () => {
    const challenge = bearer({ service: 'registry & co', scope: 'repository:a/b:pull  repository:c:pull' });
    const query = tokenUrl(challenge, false)?.searchParams;
    expect([...(query ?? [])]).toEqual([
      ['service', 'registry & co'],
      ['scope', 'repository:a/b:pull'],
      ['scope', 'repository:c:pull'],
    ]);
  });

  it('keeps the query of the realm', () => {
    const url = tokenUrl(bearer({ realm: 'https://auth.example/token?a=b', service: 's' }), false);
    expect(url?.href).toBe('https://auth.example/token?a=b&service=s');
  });

  it.each(['http://auth.example/', 'ftp://auth.example/', '/token', 'https://me:pw@auth.example/', ''])(
    'is refused where the realm is %j',
    (realm) => expect(tokenUrl(bearer({ realm }), false)).toBeUndefined(),
  );

  it('may be plain http where the registry is', () => {
    expect(tokenUrl(bearer({ realm: 'http://127.0.0.1:5001/token' }), true)?.port).toBe('5001');
  });
});
