/**
 * Stands in for skopeo where it is not installed, with the same words on the command line:
 *   node test/demo/image-copy.ts copy    --authfile <config.json> <source> <destination>
 *   node test/demo/image-copy.ts inspect --authfile <config.json> <image>
 * Images are `docker://<host>/<repository>:<tag>` and `oci:<folder>:<tag>`. HTTPS_PROXY and SSL_CERT_FILE are heeded.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { errorChain } from '../../src/base/error-chain.ts';
import { Redacted } from '../../src/base/redacted.ts';
import { parseDockerConfig } from '../../src/docker-config/docker-config.ts';
import { digestOf, readLayout, writeLayout } from '../support/image-client-layout.ts';
import {
  inspectImage,
  pullImage,
  pushImage,
  type Access,
  type RemoteImage,
} from '../support/image-client.ts';

type Place = { kind: 'remote'; image: RemoteImage } | { kind: 'layout'; folder: string; tag: string };

async function main(): Promise<void> {
  const options = { authfile: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [verb, ...places] = positionals;
  const [from, to] = places.map(parsePlace);
  const accessTo = (image: RemoteImage): Promise<Access> => readAccess(image, values.authfile);
  if (verb === 'inspect' && from?.kind === 'remote') {
    console.log(await inspectImage(from.image, await accessTo(from.image)));
  } else if (verb === 'copy' && from?.kind === 'layout' && to?.kind === 'remote') {
    await pushImage(to.image, await readLayout(from.folder, from.tag), await accessTo(to.image));
  } else if (verb === 'copy' && from?.kind === 'remote' && to?.kind === 'layout') {
    const image = await pullImage(from.image, await accessTo(from.image));
    await writeLayout(to.folder, to.tag, image);
    console.log(digestOf(image.manifest));
  } else {
    throw new Error(
      'usage: copy <source> <destination>, or inspect <image>; one of them docker://, one oci:',
    );
  }
}

function parsePlace(text: string): Place {
  const remote = /^docker:\/\/([^/]+)\/(.+):([^:/]+)$/.exec(text);
  if (remote !== null) {
    const [, host = '', repository = '', reference = ''] = remote;
    return { kind: 'remote', image: { host, repository, reference } };
  }
  const layout = /^oci:(.+):([^:/]+)$/.exec(text);
  if (layout === null)
    throw new Error(`${text} is neither docker://<host>/<repository>:<tag> nor oci:<folder>:<tag>`);
  const [, folder = '', tag = ''] = layout;
  return { kind: 'layout', folder, tag };
}

async function readAccess({ host }: RemoteImage, authFile: string | undefined): Promise<Access> {
  const { HTTPS_PROXY: proxyUrl, SSL_CERT_FILE: caFile } = process.env;
  const config = authFile === undefined ? '{}' : await readFile(authFile, 'utf8');
  const login = parseDockerConfig(new Redacted(config)).get(host);
  return { login, proxyUrl, ca: caFile === undefined ? undefined : await readFile(caFile, 'utf8') };
}

try {
  await main();
} catch (error) {
  console.error(errorChain(error));
  process.exitCode = 1;
}
