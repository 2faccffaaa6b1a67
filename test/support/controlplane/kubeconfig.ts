import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { CertificateFiles } from './pki.ts';

const KubeconfigUser = z.union([
  z.object({ token: z.string() }),
  z.object({ 'client-certificate-data': z.string(), 'client-key-data': z.string() }),
]);
export type KubeconfigUser = z.infer<typeof KubeconfigUser>;

/** The fields of a kubeconfig that this folder writes and reads: one cluster, one user. */
const Kubeconfig = z.object({
  clusters: z.tuple([
    z.object({
      name: z.string(),
      cluster: z.object({ server: z.string(), 'certificate-authority-data': z.string() }),
    }),
  ]),
  users: z.tuple([z.object({ name: z.string(), user: KubeconfigUser })]),
});

/** Where a kubeconfig leads to. */
export interface Server {
  readonly url: string;
  readonly caFile: string;
}

/** What a request needs of a kubeconfig. */
export type KubeconfigAccess = { readonly url: string; readonly ca: string } & (
  { readonly token: string } | { readonly cert: string; readonly key: string }
);

/** The user of a client certificate. */
export function certificateUser({ certFile, keyFile }: CertificateFiles): KubeconfigUser {
  return { 'client-certificate-data': base64Of(certFile), 'client-key-data': base64Of(keyFile) };
}

/** Writes a kubeconfig with everything embedded, readable by its owner alone. */
export async function writeKubeconfig(
  file: string,
  { url, caFile }: Server,
  user: KubeconfigUser,
): Promise<void> {
  const name = 'ecr-operator';
  const config: z.infer<typeof Kubeconfig> & Record<string, unknown> = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server: url, 'certificate-authority-data': base64Of(caFile) } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  await writeFile(file, stringify(config, { lineWidth: 0 }), { mode: 0o600 });
}

/** Reads back what `writeKubeconfig` wrote; certificates and keys are PEM text. */
export function readKubeconfig(file: string): KubeconfigAccess {
  const config = Kubeconfig.parse(parse(readFileSync(file, 'utf8')));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const server = { url: cluster.server, ca: pemOf(cluster['certificate-authority-data']) };
  if ('token' in user) return { ...server, token: user.token };
  return { ...server, cert: pemOf(user['client-certificate-data']), key: pemOf(user['client-key-data']) };
}

function pemOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString();
}

function base64Of(file: string): string {
  return readFileSync(file).toString('base64');
}
