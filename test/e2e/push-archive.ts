import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerConfigKey } from '../../src/docker-config/docker-config.ts';
import { getSecret } from '../operator/pull-secrets.ts';
import { runCommand } from '../support/controlplane/run-command.ts';
import { registryHost } from '../support/node/network.ts';
import { type E2e, repository } from './fixture.ts';

/** Puts an image archive of this machine into the registry, with the login of a Secret; gives the name to pull it by. */
export async function pushArchive(
  e: E2e,
  { secretName, archive, tag }: { secretName: string; archive: string; tag: string },
): Promise<string> {
  const { data } = await getSecret(e, secretName);
  const authFile = join(e.controlPlane.dir, `${e.namespace}-${secretName}.json`);
  await writeFile(authFile, Buffer.from(data?.[dockerConfigKey] ?? '', 'base64'), { mode: 0o600 });
  const image = `${registryHost}/${repository}:${tag}`;
  const { proxyUrl, caFile } = e.aws.registry;
  // Another format gives the image another id. An id that was pulled with a login is nothing that the kubelet lets pods
  // without one have, whatever its name: the same image, preloaded, would no longer be theirs.
  const copy = ['--insecure-policy', 'copy', '--quiet', '--format=oci', `--authfile=${authFile}`];
  const env = { ...process.env, HTTPS_PROXY: proxyUrl, SSL_CERT_FILE: caFile };
  try {
    await runCommand('skopeo', [...copy, `docker-archive:${archive}`, `docker://${image}`], { env });
  } finally {
    await rm(authFile);
  }
  return image;
}
