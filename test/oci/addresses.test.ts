import { describe, expect, it } from 'vitest';
import { nextHop, targetOf, uploadUrl } from '../../src/oci/addresses.ts';

describe('the address of a registry', () => {
  it('is https of the host, whatever it is reached at', () => {
    expect(targetOf('public.ecr.aws', undefined).origin.href).toBe('https://public.ecr.aws/');
    const forwarded = targetOf('registry.example:5000', new URL('https://10.0.0.1:8443'));
    expect(forwarded.origin.href).toBe('https://registry.example:5000/');
  });

  it.each(['http://127.0.0.1:5000', 'http://127.9.9.9', 'http://[::1]:5000', 'http://localhost:5000'])(
    'may be plain http at %s',
    (endpoint) => expect(targetOf('registry.example', new URL(endpoint)).origin.protocol).toBe('http:'),
  );

  it.each(['http://10.0.0.1', 'http://127.0.0.1.example', 'http://localhost.example', 'ftp://127.0.0.1'])(
    'is never %s',
    (endpoint) => expect(() => targetOf('registry.example', new URL(endpoint))).toThrow(/endpoint/),
  );

  it.each(['', 'a/b', 'https://a', 'user@host', 'a b', 'host:port', 'host?x', 'host#x'])(
    'is no host %j',
    (host) => expect(() => targetOf(host, undefined)).toThrow('is no registry host'),
  );
});

describe('a redirect', () => {
  const from = new URL('https://registry.example/v2/a/blobs/x');
  const to = (location: string | undefined, method = 'GET', hops = 0, start = from): unknown => {
    const hop = nextHop(method, start, { status: 307, location }, hops);
    return hop.kind === 'follow' ? hop.url.href : hop.kind === 'refuse' ? hop.why : hop.kind;
  };

  it('is followed to https anywhere, absolute or relative', () => {
    expect(to('https://bucket.example/x?signature=s')).toBe('https://bucket.example/x?signature=s');
    expect(to('/elsewhere')).toBe('https://registry.example/elsewhere');
    expect(to('/elsewhere', 'HEAD')).toBe('https://registry.example/elsewhere');
  });

  it('is not what other answers are', () => {
    for (const status of [200, 202, 304, 404])
      expect(nextHop('GET', from, { status, location: '/x' }, 0)).toEqual({ kind: 'end' });
  });

  it.each<[string, unknown, string]>([
    [
      'downgrades to http',
      to('http://bucket.example/x?signature=s'),
      'a redirect to http://bucket.example, which is not https',
    ],
    ['has no Location', to(undefined), 'a redirect without a usable Location'],
    ['has none that can be read', to('https://['), 'a redirect without a usable Location'],
    [
      'redirects what writes',
      to('https://other.example', 'POST'),
      'a redirect to https://other.example of a POST',
    ],
    [
      'is one of too many',
      to('https://other.example', 'GET', 5),
      'a redirect to https://other.example after 5 others',
    ],
    [
      'has a login in it',
      to('https://me:pw@other.example'),
      'a redirect to https://other.example with a login in it',
    ],
  ])('is refused when it %s', (_what, why, expected) => expect(why).toBe(expected));

  it('stays on this machine when the registry is there without TLS', () => {
    const local = new URL('http://127.0.0.1:5000/v2/');
    expect(to('http://127.0.0.1:6000/x', 'GET', 0, local)).toBe('http://127.0.0.1:6000/x');
    expect(to('http://10.0.0.1/x', 'GET', 0, local)).toBe(
      'a redirect to http://10.0.0.1, which is not https',
    );
  });
});

describe('the address where an upload goes on', () => {
  const started = new URL('https://registry.example/v2/a/b/blobs/uploads/');
  const next = (location: string | undefined, uuid?: string): string | undefined =>
    uploadUrl(started, { location, uuid })?.href;

  it('is the Location, absolute or relative, with its query', () => {
    expect(next('/v2/a/b/blobs/uploads/1?_state=s')).toBe(`${started.href}1?_state=s`);
    expect(next('https://uploads.example/1')).toBe('https://uploads.example/1');
  });

  it('is made of the id where the Location is missing or not to be trusted', () => {
    for (const location of [
      undefined,
      'http://registry.example/1',
      'https://me:pw@uploads.example/1',
      'https://[',
    ])
      expect(next(location, '0a-1b')).toBe(`${started.href}0a-1b`);
  });

  it('is unknown where neither tells', () => {
    expect(next(undefined)).toBeUndefined();
    for (const uuid of ['..', '../../c', 'a/b', '', 'a'.repeat(200)])
      expect(next(undefined, uuid)).toBeUndefined();
  });
});
