import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { apiRequest } from './api-request.ts';
import { writeKubeconfig } from './kubeconfig.ts';

const Jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const IssuedToken = z.object({ status: z.object({ token: z.string() }) });

/** What another process needs to use a running control plane; plain data. */
export interface ControlPlaneInfo {
  readonly url: string;
  /** A kubeconfig file of a user in system:masters. */
  readonly adminKubeconfig: string;
  readonly caFile: string;
  /** `iss` of its service-account tokens. */
  readonly issuer: string;
  readonly dir: string;
  /** JSON lines, see audit-log.ts; absent when auditing is off. */
  readonly auditLogFile?: string;
}

export interface AttachedControlPlane extends ControlPlaneInfo {
  /** The public keys that its service-account tokens verify against. */
  jwks(): Promise<{ keys: { kid: string }[] }>;
}

/** Adds to the plain data what can be asked of the running control plane. */
export function attachControlPlane(info: ControlPlaneInfo): AttachedControlPlane {
  return {
    ...info,
    async jwks() {
      const { status, body } = await apiRequest(info.adminKubeconfig, '/openid/v1/jwks');
      if (status !== 200) throw new Error(`GET /openid/v1/jwks answered ${status}: ${JSON.stringify(body)}`);
      return Jwks.parse(body);
    },
  };
}

/** Whose bearer token a kubeconfig holds: a given one, or a new one of an existing ServiceAccount. */
export type Bearer = { readonly token: string } | { readonly serviceAccount: `${string}/${string}` };

/**
 * Writes a kubeconfig for a bearer into the control plane's folder and returns its path. For a ServiceAccount, named
 * `<namespace>/<name>`, the API server issues the token, valid for a day.
 */
export async function kubeconfigFor(controlPlane: ControlPlaneInfo, bearer: Bearer): Promise<string> {
  const token = 'token' in bearer ? bearer.token : await requestToken(controlPlane, bearer.serviceAccount);
  const file = join(controlPlane.dir, `${randomUUID()}.kubeconfig`);
  await writeKubeconfig(file, controlPlane, { token });
  return file;
}

/**
 * A token of an existing ServiceAccount (`<namespace>/<name>`), valid for a day; without `audience` it is one for the
 * API server itself.
 */
export async function requestToken(
  { adminKubeconfig }: ControlPlaneInfo,
  serviceAccount: `${string}/${string}`,
  audience?: string,
): Promise<string> {
  const [namespace, name] = serviceAccount.split('/');
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const spec = { expirationSeconds: 86_400, ...(audience === undefined ? {} : { audiences: [audience] }) };
  const tokenRequest = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { status, body } = await apiRequest(adminKubeconfig, path, { method: 'POST', body: tokenRequest });
  if (status !== 201) {
    const said = z.object({ message: z.string() }).safeParse(body).data?.message ?? 'no message';
    throw new Error(`TokenRequest for ServiceAccount ${serviceAccount} answered ${status}: ${said}`);
  }
  return IssuedToken.parse(body).status.token;
}
