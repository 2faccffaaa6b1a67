import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** The login of the registry. htpasswd files hold bcrypt hashes, which Node cannot make, so this one is made already. */
export const dockerRegistryLogin = { username: 'AWS', password: 'password-of-the-test' };
const htpasswd = 'AWS:$2y$04$DyaxfcmtBaGhSwm98LcpkuBC1ufCs1kF7IQ12uXChZa67XmyEkKr6\n';

/** The `docker-registry` command (the package of that name in Debian), on a loopback port, with a folder of its own. */
export interface DockerRegistry {
  readonly url: URL;
  /** How many uploads into a repository were started and neither finished nor cancelled. */
  openUploads(repository: string): Promise<number>;
  stop(): Promise<void>;
}

/** The path of the command, or undefined where it is not installed. */
export async function findDockerRegistry(): Promise<string | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(folder, 'docker-registry');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

/** Starts the command and waits until it listens. Nobody gets in without `dockerRegistryLogin`. */
export async function startDockerRegistry(command: string): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'docker-registry-'));
  await writeFile(join(folder, 'htpasswd'), htpasswd);
  await writeFile(join(folder, 'config.yml'), configuration(folder));
  const child = spawn(command, ['serve', join(folder, 'config.yml')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await listening(child.stderr);
    return {
      url: new URL(`http://${address}`),
      openUploads: (repository) => countUploads(join(folder, 'docker/registry/v2/repositories', repository)),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** An upload is one as long as it has a start: the registry forgets to remove the states of its hashes. */
async function countUploads(repository: string): Promise<number> {
  const files = await readdir(join(repository, '_uploads'), { recursive: true }).catch(() => []);
  return files.filter((file) => file.endsWith('startedat')).length;
}

/** Port 0 is any free one: the log tells which it became. */
async function listening(log: NodeJS.ReadableStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const lines: string[] = [];
  const reader = createInterface({ input: log });
  // Read to the end: a full pipe would stop the registry.
  reader.on('line', (line) => {
    lines.push(line);
    const address = /listening on (127\.0\.0\.1:\d+)/.exec(line)?.[1];
    if (address !== undefined) resolve(address);
  });
  reader.once('close', () => reject(new Error(`docker-registry ended:\n${lines.join('\n')}`)));
  return promise;
}

function configuration(folder: string): string {
  return `version: 0.1
log: { level: info, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: '${folder}' } }
http: { addr: '127.0.0.1:0' }
auth: { htpasswd: { realm: test, path: '${join(folder, 'htpasswd')}' } }
`;
}
