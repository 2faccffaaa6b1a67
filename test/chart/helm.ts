import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { ensureBinaries } from '../support/controlplane/binaries.ts';
import { Manifest } from './manifests.ts';

export const chartFolder = join(import.meta.dirname, '../../charts/ecr-operator');

/** Without a cluster helm takes it for one of helm's own age, which may lack what the API server of the tests has. */
const clusterVersion = ['--kube-version', 'v1.37.0'];

/** Values of a release, as in values.yaml. */
export type Values = Readonly<Record<string, unknown>>;

/** Output of a program that ended, well or not. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A helm that keeps its files apart from those of the person who runs the tests. */
export interface Helm {
  /** Runs helm to its end; rejects with what it printed when it fails. */
  run(...args: readonly string[]): Promise<string>;
  /** The same, for a run that may fail. */
  try(...args: readonly string[]): Promise<Ran>;
  /** Writes a values file and returns the arguments that name it. */
  values(values: Values): Promise<string[]>;
  /** The manifests of a release `test` in namespace `operators`. */
  template(values?: Values): Promise<Manifest[]>;
}

/** `kubeconfig` is needed for releases only. */
export async function createHelm(kubeconfig = '/dev/null'): Promise<Helm> {
  const { helm } = await ensureBinaries(['helm']);
  const home = await mkdtemp(join(tmpdir(), 'ecr-operator-helm-'));
  process.once('exit', () => rmSync(home, { recursive: true, force: true }));
  const env = {
    ...process.env,
    HELM_CACHE_HOME: join(home, 'cache'),
    HELM_CONFIG_HOME: join(home, 'config'),
    HELM_DATA_HOME: join(home, 'data'),
    KUBECONFIG: kubeconfig,
  };
  let files = 0;
  const attempt = (...args: readonly string[]): Promise<Ran> => runProgram(helm, args, env);
  const run = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await attempt(...args);
    if (code !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`);
    return stdout;
  };
  const values = async (given: Values): Promise<string[]> => {
    const file = join(home, `values-${files++}.json`);
    await writeFile(file, JSON.stringify(given));
    return ['--values', file];
  };
  const template = async (given: Values = {}): Promise<Manifest[]> =>
    parseManifests(
      await run(
        'template',
        'test',
        chartFolder,
        '--namespace',
        'operators',
        ...clusterVersion,
        ...(await values(given)),
      ),
    );
  return { run, try: attempt, values, template };
}

/** The objects of a multi-document YAML text. */
export function parseManifests(text: string): Manifest[] {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
  return documents.filter((document) => document !== null).map((document) => Manifest.parse(document));
}

/** Runs a program with its input; resolves for every exit code. */
export function runProgram(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input = '',
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, timeout: 120_000 };
    const child = execFile(file, args, options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
    child.stdin?.end(input);
  });
}
