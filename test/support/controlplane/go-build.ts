import { spawn } from 'node:child_process';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { goModuleDir, type Pins } from './cache-folder.ts';
import { buildProgress, type Report } from './progress.ts';
import { runCommand } from './run-command.ts';
import { catalogue, isAtLeast, type ToolName, type Version } from './tool-catalogue.ts';

/** The language version that tools/controlplane/go.mod asks for. */
export const oldestGo: Version = [1, 26];

/** Binaries must not depend on the C library of the machine that built them. */
const goEnv = (): NodeJS.ProcessEnv => ({ ...process.env, CGO_ENABLED: '0' });

/** Why Go cannot be used here, or undefined when it can. */
export async function goProblem(): Promise<string | undefined> {
  let text: string;
  try {
    // Asked inside the module, where a Go that may switch toolchains answers with the version it switches to.
    text = await runCommand('go', ['version'], { cwd: goModuleDir, timeoutMs: 300_000 });
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  const version = parseGoVersion(text);
  if (version && isAtLeast(version, oldestGo)) return undefined;
  return `Go ${oldestGo.join('.')} or newer is needed, this is: ${text.trim()}`;
}

/** The version in the output of `go version`. */
export function parseGoVersion(text: string): Version | undefined {
  const match = /\bgo(\d+)\.(\d+)/.exec(text);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

const variable = (name: string, value: string): string => `-X k8s.io/component-base/version.${name}=${value}`;

/** Linker flags; without the version variables the API server would call itself v0.0.0 and refuse its own features. */
export function linkerFlags(kubernetesVersion: string): string {
  const [, major, minor] = /^v(\d+)\.(\d+)/.exec(kubernetesVersion) ?? [];
  return [
    '-s -w',
    variable('gitVersion', kubernetesVersion),
    variable('gitMajor', major ?? ''),
    variable('gitMinor', minor ?? ''),
  ].join(' ');
}

/** Builds `names` in one run of the go command, which shares their packages, and moves them into the cache folder. */
export async function buildWithGo(
  names: readonly ToolName[],
  { kubernetesVersion, cacheDir }: Pins,
  workDir: string,
  report: Report,
): Promise<void> {
  const packages = names.map((name) => catalogue[name].goPackage);
  report.line(
    `building ${names.join(', ')} from Go sources; the first time takes minutes, later ones seconds`,
  );
  const flags = ['-trimpath', `-ldflags=${linkerFlags(kubernetesVersion)}`];
  await goWithProgress(packages, flags, workDir, report);
  for (const name of names) {
    await rename(join(workDir, catalogue[name].goOutput ?? name), join(cacheDir, name));
  }
}

async function goWithProgress(
  packages: readonly string[],
  flags: readonly string[],
  workDir: string,
  report: Report,
): Promise<void> {
  const since = Date.now();
  const state = {
    started: 0,
    total: undefined as number | undefined,
    current: undefined as string | undefined,
  };
  const timer = setInterval(
    () => report.progress(buildProgress({ ...state, elapsedMs: Date.now() - since })),
    1000,
  );
  const downloading = (line: string): void => void (state.current = line.replace(/^go: /, ''));
  try {
    // Main packages are not counted: when the rest is compiled, what is left is linking.
    const stale = '{{if and .Stale (ne .Name "main")}}{{.ImportPath}}{{end}}';
    const toCompile = await runGo(['list', '-deps', '-f', stale, ...flags, ...packages], downloading);
    state.total = toCompile.split('\n').filter(Boolean).length;
    await runGo(['build', '-v', ...flags, '-o', `${workDir}/`, ...packages], (line) => {
      state.started += 1;
      state.current = line;
    });
  } finally {
    clearInterval(timer);
  }
}

/** Runs go in the module and returns its output; `onLine` gets standard error, where go tells what it is doing. */
function runGo(args: readonly string[], onLine: (line: string) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const go = spawn('go', args, { cwd: goModuleDir, env: goEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const said: string[] = [];
    go.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    createInterface({ input: go.stderr }).on('line', (line) => {
      said.push(line);
      onLine(line);
    });
    go.on('error', reject);
    go.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`go ${args[0] ?? ''} failed (${code}):\n${said.slice(-20).join('\n')}`));
    });
  });
}
