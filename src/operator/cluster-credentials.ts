import { parseAccessKey } from '../aws/access-key.ts';
import type { AwsCredentials } from '../aws/api.ts';
import { CredentialFailure } from '../aws/failure.ts';
import type { SessionDeps } from '../aws/session.ts';
import { errorChain } from '../base/error-chain.ts';
import type { Redacted } from '../base/redacted.ts';
import type { KubeClient } from '../kube/client.ts';
import { isForbidden, isNotFound } from '../kube/errors.ts';
import { type KubeObject, secrets } from '../kube/object.ts';

/** The audience that AWS asks for; fixed, so that no user can have a token for another service minted. */
const stsAudience = 'sts.amazonaws.com';

/** The shortest that the API server issues: the token is used once, at once. */
const tokenSeconds = 600;

/** How credentials are read from the cluster. */
export function clusterCredentials(
  client: Pick<KubeClient, 'createServiceAccountToken' | 'get'>,
): Pick<SessionDeps, 'mintWebIdentityToken' | 'readAccessKey'> {
  return {
    mintWebIdentityToken: (namespace, name) => mintToken(client, namespace, name),
    readAccessKey: (namespace, name) => readAccessKey(client, namespace, name),
  };
}

async function mintToken(
  client: Pick<KubeClient, 'createServiceAccountToken'>,
  namespace: string,
  name: string,
): Promise<Redacted<string>> {
  const options = { audience: stsAudience, expirationSeconds: tokenSeconds };
  try {
    return (await client.createServiceAccountToken({ namespace, name }, options)).token;
  } catch (error) {
    const nextStep = nextStepAfter(error);
    throw new CredentialFailure(
      {
        kind: isForbidden(error) ? 'terminal' : 'transient',
        reason: 'TokenRequestFailed',
        message: `a token of service account ${namespace}/${name} for audience ${stsAudience} cannot be had: ${errorChain(error)}. ${nextStep}`,
        nextStep,
      },
      { cause: error },
    );
  }
}

function nextStepAfter(error: unknown): string {
  if (isForbidden(error)) {
    return 'Allow the operator to create serviceaccounts/token for it: chart value rbac.serviceAccountTokens.';
  }
  if (isNotFound(error)) return 'Create the service account.';
  return 'It is tried again.';
}

interface Secret extends KubeObject {
  data?: Record<string, string>;
}

async function readAccessKey(
  client: Pick<KubeClient, 'get'>,
  namespace: string,
  name: string,
): Promise<AwsCredentials> {
  let secret: Secret | undefined;
  try {
    secret = await client.get<Secret>(secrets, { namespace, name });
  } catch (error) {
    const nextStep = `It is tried again; if this lasts, let the operator get Secret ${namespace}/${name}.`;
    throw new CredentialFailure(
      {
        kind: 'transient',
        reason: 'AccessKeyUnreadable',
        message: `the keys of credentials.accessKey cannot be read: ${errorChain(error)}. ${nextStep}`,
        nextStep,
      },
      { cause: error },
    );
  }
  return parseAccessKey(`${namespace}/${name}`, secret?.data);
}
