/** What a registry asks for in `WWW-Authenticate`. */
export type Challenge =
  | { readonly scheme: 'Basic'; readonly realm: string }
  /** `realm` is the address of the token service; `service` and `scope` go into its query as they are. */
  | {
      readonly scheme: 'Bearer';
      readonly realm: string;
      readonly service: string | undefined;
      readonly scope: string | undefined;
    };

const longestHeader = 8192;

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`^(${token})[ \\t]*=[ \\t]*(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`);
const scheme = new RegExp(`^(${token})(?:[ \\t]+|$|(?=,))`);

/**
 * The Basic and Bearer challenges of a header, in order (RFC 9110, 11.6.1). Several headers arrive joined by commas, and
 * commas separate parameters too: what is followed by `=` is a parameter, else a new challenge starts. Other schemes
 * and Bearer challenges without a realm are left out; reading ends at what cannot be read.
 */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const found: { scheme: string; parameters: Map<string, string> }[] = [];
  let rest = (header ?? '').slice(0, longestHeader);
  for (;;) {
    rest = rest.replace(/^[ \t,]+/, '');
    const named = parameter.exec(rest);
    const started = named === null ? scheme.exec(rest) : null;
    const last = found.at(-1);
    if (named !== null && last !== undefined) {
      const [, name = '', quoted, plain = ''] = named;
      // RFC 9110 forbids a name to come twice; the first one counts, so that nothing later can replace it.
      const key = name.toLowerCase();
      if (!last.parameters.has(key)) last.parameters.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain);
    } else if (started !== null) {
      found.push({ scheme: started[1] ?? '', parameters: new Map() });
    } else {
      break;
    }
    rest = rest.slice((named ?? started)?.[0].length);
  }
  return found.map((one) => challengeOf(one.scheme, one.parameters)).filter((one) => one !== undefined);
}

function challengeOf(name: string, parameters: ReadonlyMap<string, string>): Challenge | undefined {
  const realm = parameters.get('realm');
  switch (name.toLowerCase()) {
    case 'basic':
      return { scheme: 'Basic', realm: realm ?? '' };
    case 'bearer':
      if (realm === undefined) return undefined;
      return { scheme: 'Bearer', realm, service: parameters.get('service'), scope: parameters.get('scope') };
    default:
      return undefined;
  }
}

/**
 * The address that a Bearer challenge sends its reader to, or undefined where the realm is no address that a login may
 * be sent to: it must be https. `plainHttp` allows http too, for registries on the loopback address.
 */
export function tokenUrl(challenge: Challenge & { scheme: 'Bearer' }, plainHttp: boolean): URL | undefined {
  const url = URL.parse(challenge.realm);
  if (url === null || (url.protocol !== 'https:' && !(plainHttp && url.protocol === 'http:')))
    return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  if (challenge.service !== undefined) url.searchParams.set('service', challenge.service);
  // One parameter for each scope: a space inside the value would be another scope than the registry meant.
  for (const scope of challenge.scope?.split(' ').filter(Boolean) ?? [])
    url.searchParams.append('scope', scope);
  return url;
}
