import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, readLayout, writeLayout } from '../support/image-client-layout.ts';
import { findImageTool, remoteImage, saveLogin, tag, type ImageTool } from './image-tool.ts';
import { sampleImage } from './sample-image.ts';
import type { World } from './world.ts';

/** Pushes a new image with the login of one Secret, and pulls it with that of the other. */
export async function pushAndPull(world: World): Promise<ImageTool> {
  const { screen, shell, aws, dir } = world;
  const tool = await findImageTool(world);
  screen.say(
    `Client: ${tool.name}. It sees the true ECR host name, and a proxy leads it to the local registry.`,
  );
  shell.export({ HTTPS_PROXY: aws.registry.proxyUrl, SSL_CERT_FILE: aws.registry.caFile });
  const image = sampleImage(`made at ${new Date().toISOString()}\n`);
  await writeLayout(join(dir, 'built'), tag, image);

  const pushLogin = await saveLogin(world, 'push-ecr', 'push.json');
  await shell.run(tool.copy(pushLogin, `oci:$DEMO/built:${tag}`, remoteImage));
  const pullLogin = await saveLogin(world, 'pull-ecr', 'pull.json');
  await shell.run(tool.copy(pullLogin, remoteImage, `oci:$DEMO/pulled:${tag}`));
  const [pushedDigest, pulledDigest] = [image, await readLayout(join(dir, 'pulled'), tag)].map((i) =>
    digestOf(i.manifest),
  );
  screen.check(`what was pulled is what was pushed: ${pushedDigest}`, pulledDigest === pushedDigest);

  screen.say('\nThe role of the runtime level may only pull. It is asked to push:');
  await writeLayout(join(dir, 'another'), tag, sampleImage('not allowed\n'));
  const refusal = await shell.fails(tool.copy(pullLogin, `oci:$DEMO/another:${tag}`, remoteImage));
  screen.check('the push was refused for the role ecr-runtime', /ecr-runtime|denied|403/i.test(refusal));
  await checkSecrecy(world);
  return tool;
}

/** The password must be in the Secret and nowhere else. */
async function checkSecrecy({ screen, shell, dir }: World): Promise<void> {
  const password = /"auth":"([^"]+)"/.exec(await readFile(join(dir, 'push.json'), 'utf8'))?.[1] ?? '';
  const decoded = Buffer.from(password, 'base64').toString().replace(/^AWS:/, '');
  const log = await readFile(join(dir, 'operator.log'), 'utf8');
  const { output } = await shell.quietly('kubectl get ecr,events -A -o yaml');
  const seen = [log, output].some((text) => text.includes(password) || text.includes(decoded));
  screen.check('its password is in no log line, status or event', decoded.length > 20 && !seen);
}
