import { runCommand } from '../controlplane/run-command.ts';
import type { SupervisedProcess } from '../controlplane/supervisor.ts';
import { waitFor } from '../wait-for.ts';

/** Waits until containerd answers at its socket, and gives it the image archives; an error when it ends. */
export async function loadImages(
  containerd: SupervisedProcess,
  socket: string,
  images: readonly string[],
): Promise<void> {
  const ctr = (...args: string[]): Promise<string> =>
    runCommand('ctr', ['--address', socket, '--namespace', 'k8s.io', ...args]);
  await waitFor(
    'containerd to answer',
    async () => {
      if (containerd.exit()) return true;
      return (await ctr('version')) !== '';
    },
    { everyMs: 100, timeoutMs: 30_000 },
  );
  if (containerd.exit()) throw new Error(`containerd ended, see ${containerd.logFile}`);
  for (const image of images) await ctr('images', 'import', image);
}
