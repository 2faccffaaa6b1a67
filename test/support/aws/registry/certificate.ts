import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A server certificate and the certificate authority that clients have to trust for it. */
export interface ServerCertificate {
  readonly key: string;
  readonly cert: string;
  /** PEM file of the authority, for clients. */
  readonly caFile: string;
  /** Deletes the files. */
  remove(): Promise<void>;
}

/** Makes an authority of its own and a certificate for `names` with the `openssl` command; valid for 30 days. */
export async function makeServerCertificate(names: readonly string[]): Promise<ServerCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'local-ecr-'));
  const file = (name: string): string => join(folder, name);
  // A configuration of our own: the one of the machine may add the same extensions a second time.
  await writeFile(file('openssl.cnf'), configuration(names));
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const config = ['-config', file('openssl.cnf')];
  await openssl(
    'req',
    '-x509',
    ...newKey,
    ...config,
    '-extensions',
    'ca',
    '-days',
    '30',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  );
  await openssl(
    'req',
    ...newKey,
    ...config,
    '-subj',
    '/CN=local ECR',
    '-keyout',
    file('tls.key'),
    '-out',
    file('tls.csr'),
  );
  const signer = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial'];
  const extensions = ['-extfile', file('openssl.cnf'), '-extensions', 'server'];
  await openssl(
    'x509',
    '-req',
    '-in',
    file('tls.csr'),
    ...signer,
    ...extensions,
    '-days',
    '30',
    '-out',
    file('tls.pem'),
  );
  return {
    key: await readFile(file('tls.key'), 'utf8'),
    cert: await readFile(file('tls.pem'), 'utf8'),
    caFile: file('ca.pem'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openssl(...args: readonly string[]): Promise<void> {
  try {
    await run('openssl', args);
  } catch (error) {
    throw new Error(`openssl ${args[0]} failed; the local registry needs the openssl command`, {
      cause: error,
    });
  }
}

function configuration(names: readonly string[]): string {
  return `[req]
distinguished_name = subject
prompt = no
[subject]
CN = local ECR authority
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = ${names.map((name) => `DNS:${name}`).join(', ')}
`;
}
