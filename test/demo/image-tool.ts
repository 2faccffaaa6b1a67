import type { Ran } from './shell.ts';
import { registryHost, repository, type World } from './world.ts';

/** Commands that move images with a Docker config file: skopeo's, or the same of the project's own client. */
export interface ImageTool {
  readonly name: string;
  copy(authFile: string, source: string, destination: string): string;
  /** Reads the manifest of an image: one authenticated request. */
  inspect(authFile: string, image: string): string;
}

/** skopeo where it is installed. */
export async function findImageTool({ shell }: World): Promise<ImageTool> {
  const { code, output } = await shell.quietly('skopeo --version');
  // The policy file that skopeo asks for belongs to a package that is not always installed with it.
  const command = code === 0 ? 'skopeo --insecure-policy' : `'${process.execPath}' test/demo/image-copy.ts`;
  return {
    name: code === 0 ? output.trim() : "the project's own client, as skopeo is not installed",
    copy: (authFile, source, destination) =>
      `${command} copy --authfile ${authFile} ${source} ${destination}`,
    inspect: (authFile, image) => `${command} inspect --authfile ${authFile} ${image}`,
  };
}

export const tag = 'demo';
export const remoteImage = `docker://${registryHost}/${repository}:${tag}`;

/** Writes the login of a Secret into a file, as a pod would find it mounted, and returns its name for the shell. */
export async function saveLogin(world: World, secret: string, fileName: string): Promise<string> {
  const file = `$DEMO/${fileName}`;
  await world.shell.run(
    `umask 077; kubectl get secret ${secret} -n ci -o jsonpath='{.data.\\.dockerconfigjson}' | base64 -d > ${file}`,
  );
  return file;
}

/** Whether a login opens the registry now, and what the tool printed; shows nothing. */
export async function tryLogin({ shell }: World, tool: ImageTool, authFile: string): Promise<Ran> {
  return await shell.quietly(tool.inspect(authFile, remoteImage));
}
