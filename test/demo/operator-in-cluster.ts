import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bundle } from '../../tools/bundle.ts';
import { kubeconfigFor } from '../support/controlplane/attach.ts';
import { freePort } from '../support/controlplane/free-port.ts';
import { terminate, type SupervisedProcess } from '../support/controlplane/supervisor.ts';
import { projectFolder } from './commands.ts';
import type { World } from './world.ts';

export const release = { name: 'ecr-operator', namespace: 'ecr-operator' } as const;

const Deployment = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({
        serviceAccountName: z.string(),
        containers: z.tuple([z.object({ args: z.array(z.string()) })]),
      }),
    }),
  }),
});

/** The operator as its pod would run it, on this machine. */
export interface RunningOperator {
  /** `<namespace>:<name>` of the service account whose token it has. */
  readonly serviceAccount: string;
  /** File that `node` runs. */
  readonly bundleFile: string;
  readonly logFile: string;
  readonly metricsUrl: string;
  /** The flags that the chart gave it, with the addresses of this machine. */
  readonly args: readonly string[];
  ended(): boolean;
}

/** Builds the bundle that the image holds, into the demo's own folder. */
export async function buildBundle({ dir }: World): Promise<string> {
  const entry = join(projectFolder, 'src/main.ts');
  const { outfile } = await bundle({
    entry,
    outfile: join(dir, 'main.mjs'),
    sourcemap: false,
    analyze: false,
  });
  return outfile;
}

/** Starts the bundle with the flags and the service account of the chart's Deployment; resolves when it is ready. */
export async function startOperator(world: World, bundleFile: string): Promise<RunningOperator> {
  const { shell, controlPlane, supervisor, dir } = world;
  const { name, namespace } = release;
  const { output } = await shell.quietly(`kubectl get deployment -n ${namespace} ${name} -o json`);
  const pod = Deployment.parse(JSON.parse(output)).spec.template.spec;
  const kubeconfig = await kubeconfigFor(controlPlane, {
    serviceAccount: `${namespace}/${pod.serviceAccountName}`,
  });
  const [health, metrics] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const args = ownAddresses(pod.containers[0].args, { health, metrics });
  const node = [process.execPath, bundleFile, `--kubeconfig=${kubeconfig}`];
  const operator = await supervisor.start({
    name: 'operator',
    // `env -i` keeps the AWS settings of whoever runs the demo away from the operator.
    command: 'env',
    args: ['-i', ...environment(world), ...node, ...args],
    cwd: dir,
    logFile: join(dir, 'operator.log'),
  });
  world.cleanup.add('operator', () => stopOperator(operator));
  await waitUntilReady(world, operator, health);
  return {
    serviceAccount: `system:serviceaccount:${namespace}:${pod.serviceAccountName}`,
    bundleFile,
    logFile: operator.logFile,
    metricsUrl: `http://${metrics}/metrics`,
    args,
    ended: () => operator.exit() !== undefined,
  };
}

function environment({ aws }: World): string[] {
  const pod = { POD_NAME: `${release.name}-0`, POD_NAMESPACE: release.namespace };
  return Object.entries({ ...aws.env, ...pod }).map(([name, value]) => `${name}=${value}`);
}

/** All addresses of this machine are shared, so what a pod listens on is moved to free ports of the loopback address. */
function ownAddresses(
  args: readonly string[],
  { health, metrics }: Record<'health' | 'metrics', string>,
): string[] {
  const own: Readonly<Record<string, string>> = {
    '--health-probe-bind-address': health,
    '--metrics-bind-address': metrics,
  };
  return args.map((arg) => {
    const [flag = ''] = arg.split('=');
    const address = own[flag];
    return address === undefined ? arg : `${flag}=${address}`;
  });
}

async function waitUntilReady(
  { screen }: World,
  { exit, logFile }: SupervisedProcess,
  health: string,
): Promise<void> {
  const isReady = async (): Promise<boolean> =>
    (await fetch(`http://${health}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  try {
    await screen.waitFor('the operator to be ready', () => exit() !== undefined || isReady());
    if (exit() !== undefined) throw new Error('the operator ended at once');
  } catch (error) {
    screen.output(await lastLines(logFile, 20));
    throw error;
  }
}

async function stopOperator(operator: SupervisedProcess): Promise<void> {
  await terminate(operator, 10_000);
  const { code, signal } = await operator.exited;
  if (code !== 0) throw new Error(`the operator ended with ${signal ?? `exit code ${code}`}, not with 0`);
}

/** The end of a text file; empty when there is none. */
export async function lastLines(file: string, count: number): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
