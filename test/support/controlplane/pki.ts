import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A certificate and its key, as files of PEM text. */
export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Everything that a control plane needs to prove who it and its administrators are. */
export interface Pki {
  readonly ca: CertificateFiles;
  readonly server: CertificateFiles;
  /** Client certificate of the user `admin` in the group system:masters. */
  readonly admin: CertificateFiles;
  /** Client certificate of the user `system:kube-controller-manager`, told apart from admin in the audit log. */
  readonly controllerManager: CertificateFiles;
  readonly serviceAccountKeyFile: string;
  readonly serviceAccountPublicKeyFile: string;
}

const masters = (user: string): string => `/O=system:masters/CN=${user}`;

/**
 * Makes a new CA, its certificates and the service-account key pair in the folder `dir`. The API server's certificate
 * is good for 127.0.0.1 and for `addresses`.
 */
export async function createPki(dir: string, addresses: readonly string[] = []): Promise<Pki> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const ca = await selfSigned(dir);
  const names = ['DNS:localhost', ...['127.0.0.1', ...addresses].map((address) => `IP:${address}`)];
  const [server, admin, controllerManager] = await Promise.all([
    signed(dir, ca, 'server', '/CN=kube-apiserver', `subjectAltName=${names.join(',')}\n`),
    signed(dir, ca, 'admin', masters('admin'), 'extendedKeyUsage=clientAuth\n'),
    signed(
      dir,
      ca,
      'controller-manager',
      masters('system:kube-controller-manager'),
      'extendedKeyUsage=clientAuth\n',
    ),
  ]);
  const serviceAccountPublicKeyFile = join(dir, 'service-account.pub');
  // RSA, because IAM accepts only RS256 from an OIDC provider of service accounts.
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(serviceAccountPublicKeyFile, pair.publicKey.export({ type: 'spki', format: 'pem' }));
  const serviceAccountKeyFile = await writeKey(dir, 'service-account', pair.privateKey);
  return { ca, server, admin, controllerManager, serviceAccountKeyFile, serviceAccountPublicKeyFile };
}

async function selfSigned(dir: string): Promise<CertificateFiles> {
  const keyFile = await newKey(dir, 'ca');
  const certFile = join(dir, 'ca.crt');
  await openssl([
    'req',
    '-x509',
    '-new',
    '-key',
    keyFile,
    '-subj',
    '/CN=test-ca',
    '-days',
    '30',
    '-out',
    certFile,
  ]);
  return { certFile, keyFile };
}

async function signed(
  dir: string,
  ca: CertificateFiles,
  name: string,
  subject: string,
  extensions: string,
): Promise<CertificateFiles> {
  const keyFile = await newKey(dir, name);
  const request = join(dir, `${name}.csr`);
  const extensionFile = join(dir, `${name}.ext`);
  const certFile = join(dir, `${name}.crt`);
  await writeFile(extensionFile, extensions);
  await openssl(['req', '-new', '-key', keyFile, '-subj', subject, '-out', request]);
  const serial = `0x${randomBytes(8).toString('hex')}`;
  const signer = ['-CA', ca.certFile, '-CAkey', ca.keyFile, '-set_serial', serial];
  await openssl([
    'x509',
    '-req',
    '-in',
    request,
    ...signer,
    '-days',
    '30',
    '-extfile',
    extensionFile,
    '-out',
    certFile,
  ]);
  return { certFile, keyFile };
}

function newKey(dir: string, name: string): Promise<string> {
  return writeKey(dir, name, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
}

async function writeKey(dir: string, name: string, key: KeyObject): Promise<string> {
  const file = join(dir, `${name}.key`);
  await writeFile(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  return file;
}

/** Node can make keys but not certificates, hence the command. */
async function openssl(args: readonly string[]): Promise<void> {
  const install =
    'install OpenSSL (apt-get install openssl, dnf install openssl, apk add openssl, brew install openssl)';
  await runCommand('openssl', args, { install });
}
