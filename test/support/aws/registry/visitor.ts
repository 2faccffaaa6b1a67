import type { Principal } from '../principal.ts';
import type { World } from '../world.ts';
import { requireAccess } from './access.ts';
import { RegistryError } from './errors.ts';
import type { RegistryHost } from './hosts.ts';
import type { Repository } from './store.ts';

/** A host that serves the OCI distribution API. */
export type ApiHost = Exclude<RegistryHost, { kind: 'layers' }>;

/** Who a request to a registry comes from; only ECR Public lets `anonymous` in. */
export type Visitor =
  { readonly kind: 'principal'; readonly principal: Principal } | { readonly kind: 'anonymous' };

/** The token that ECR Public's token service gives to everyone. */
const anonymousToken = Buffer.from('anonymous').toString('base64');

/** Reads the credentials of a request. Throws RegistryError (401) with the challenge of this host. */
export function identifyVisitor(
  world: World,
  host: ApiHost,
  header: string | undefined,
  name: string,
): Visitor {
  const [scheme = '', value = ''] = (header ?? '').split(' ');
  if (host.kind === 'private') {
    const challenge = `Basic realm="https://${name}/",service="ecr.amazonaws.com"`;
    if (scheme.toLowerCase() !== 'basic') throw unauthorized('Not Authorized', challenge);
    return principalOf(world, value, { registry: 'ecr', region: host.region }, challenge);
  }
  const challenge = `Bearer realm="https://${name}/token/",service="${name}",scope="aws"`;
  if (scheme === '') throw unauthorized('Not Authorized', challenge);
  if (scheme.toLowerCase() !== 'bearer')
    throw unauthorized('Your Authorization Token is invalid.', challenge);
  if (value === anonymousToken) return { kind: 'anonymous' };
  return principalOf(world, value, { registry: 'ecr-public', region: 'us-east-1' }, challenge);
}

/** The token service of ECR Public: trades Basic credentials, or none, for a Bearer token. */
export function tradeForBearer(world: World, header: string | undefined, name: string): string {
  if (header === undefined) return anonymousToken;
  const value = header.replace(/^Basic /i, '');
  principalOf(
    world,
    value,
    { registry: 'ecr-public', region: 'us-east-1' },
    `Basic realm="https://${name}/token/"`,
  );
  return value;
}

/** Throws RegistryError (403) that names the action, unless the policies of the visitor and the repository allow it now. */
export function requireAction(
  world: World,
  visitor: Visitor,
  action: string,
  resource: string,
  { account, policy }: Repository,
): void {
  if (visitor.kind === 'anonymous') {
    throw new RegistryError(403, 'DENIED', `anonymous users are not authorized to perform: ${action}`);
  }
  const { principal } = visitor;
  const identityPolicy = world.iam.policyOf(principal);
  requireAccess({ principal, action, resource, account, repositoryPolicy: policy, identityPolicy });
}

function principalOf(
  world: World,
  encoded: string,
  { registry, region }: { readonly registry: 'ecr' | 'ecr-public'; readonly region: string },
  challenge: string,
): Visitor {
  const decoded = Buffer.from(encoded, 'base64').toString('utf8');
  // Only the first colon separates: a password may hold more of them.
  const token = decoded.startsWith('AWS:') ? world.tokens.find(decoded.slice('AWS:'.length)) : undefined;
  if (token === undefined || token.registry !== registry || token.region !== region) {
    throw unauthorized('Not Authorized', challenge);
  }
  if (token.expiresAt <= world.clock.now()) {
    throw unauthorized('Your authorization token has expired. Reauthenticate and try again.', challenge);
  }
  return { kind: 'principal', principal: token.principal };
}

function unauthorized(message: string, challenge: string): RegistryError {
  return new RegistryError(401, 'DENIED', message, { 'Www-Authenticate': challenge });
}
