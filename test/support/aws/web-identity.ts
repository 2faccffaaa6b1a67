import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';

import { AwsError } from './errors.ts';
import { parseJsonObject, type JsonObject } from './json.ts';

/** Reads the public keys of a token issuer. */
export type ReadJwks = () => Promise<{ keys: JsonWebKey[] }>;

/** Finds a key by its id; reads the key set again when the id is not among the known ones. */
export type FindKey = (keyId: string) => Promise<JsonWebKey | undefined>;

/** The claims of a verified token. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** What verification needs to know of an OIDC provider. */
export interface TokenIssuer {
  readonly findKey: FindKey;
  /** The audiences ("client IDs") that were registered with the provider. */
  readonly clientIds: readonly string[];
}

const hashes: Readonly<Record<string, string>> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };

/** Caches a key set. As AWS does, it is read again only for a key id that it does not have. */
export function createKeyFinder(read: ReadJwks): FindKey {
  let known: readonly JsonWebKey[] = [];
  const find = (keyId: string): JsonWebKey | undefined => known.find((key) => key['kid'] === keyId);
  return async (keyId) => {
    const cached = find(keyId);
    if (cached !== undefined) return cached;
    known = (await read()).keys;
    return find(keyId);
  };
}

/** Verifies a web-identity JWT as STS does: issuer, signature, audience, time. Throws AwsError. */
export async function verifyWebIdentity(
  token: string,
  findIssuer: (issuer: string) => TokenIssuer | undefined,
  nowMs: number,
): Promise<Claims> {
  const { header, payload, signedText, signature } = decode(token);
  const issuer = text(payload['iss']);
  const provider = findIssuer(issuer);
  if (provider === undefined) throw invalid(`No OpenIDConnect provider found in your account for ${issuer}`);
  const key = await retrieveKey(provider.findKey, text(header['kid']));
  if (!signatureFits(text(header['alg']), key, signedText, signature)) {
    throw invalid(
      'The web identity token could not be validated: its signature does not fit the key of the provider',
    );
  }
  const audiences = [payload['aud']].flat().filter((audience) => typeof audience === 'string');
  if (!audiences.some((audience) => provider.clientIds.includes(audience)))
    throw invalid('Incorrect token audience');
  checkTimes(payload, Math.floor(nowMs / 1000));
  return { issuer, subject: text(payload['sub']), audiences };
}

function decode(token: string): {
  header: JsonObject;
  payload: JsonObject;
  signedText: string;
  signature: Buffer;
} {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.');
  try {
    if (rest.length > 0 || signature === '') throw new Error('a JWT has three parts');
    return {
      header: decodePart(header),
      payload: decodePart(payload),
      signedText: `${header}.${payload}`,
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    throw invalid(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  }
}

function decodePart(part: string): JsonObject {
  return parseJsonObject(Buffer.from(part, 'base64url'));
}

async function retrieveKey(findKey: FindKey, keyId: string): Promise<JsonWebKey> {
  const key = await findKey(keyId).catch(() => undefined);
  if (key !== undefined) return key;
  throw invalid(
    "Couldn't retrieve verification key from your identity provider,  please reference " +
      'AssumeRoleWithWebIdentity documentation for requirements',
  );
}

/** Only RSA and elliptic-curve signatures count: `none`, or an HMAC keyed with the public key, must not pass. */
function signatureFits(algorithm: string, jwk: JsonWebKey, signedText: string, signature: Buffer): boolean {
  const [, family, bits = ''] = /^(RS|ES)(\d{3})$/.exec(algorithm) ?? [];
  const hash = hashes[bits];
  if (hash === undefined || jwk.kty !== (family === 'RS' ? 'RSA' : 'EC')) return false;
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify(hash, Buffer.from(signedText), { key, dsaEncoding: 'ieee-p1363' }, signature);
}

function checkTimes(payload: JsonObject, now: number): void {
  const { exp, nbf } = payload;
  if (typeof exp !== 'number') throw invalid('Missing a required claim: exp');
  if (exp <= now) {
    const message = `Token expired: current date/time ${now} must be before the expiration date/time ${exp}`;
    throw new AwsError(400, 'ExpiredTokenException', message);
  }
  if (typeof nbf === 'number' && nbf > now) throw invalid('The web identity token is not valid yet');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function invalid(message: string): AwsError {
  return new AwsError(400, 'InvalidIdentityToken', message);
}
