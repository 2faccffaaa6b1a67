import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { build as runEsbuild, type BuildOptions, type Metafile, type Plugin } from 'esbuild';

/**
 * Bundles the operator into one file, which is all that the image holds besides Node, and the plugin for kubectl into another.
 *   node tools/bundle.ts [--sourcemap]     both
 *   node tools/bundle.ts --analyze [--entry <file> --outfile <file>]     one, with a list of what is in it
 */
const root = join(import.meta.dirname, '..');

const operator = { entry: join(root, 'src/main.ts'), outfile: join(root, 'dist/main.mjs') };
const plugin = { entry: join(root, 'src/kubectl-ecr.ts'), outfile: join(root, 'dist/kubectl-ecr.mjs') };

/** What to bundle and where to; `sourcemap` and `analyze` write `main.mjs.map` and `meta.json` beside the bundle. */
export interface BundleOptions {
  readonly entry: string;
  readonly outfile: string;
  readonly sourcemap: boolean;
  readonly analyze: boolean;
}

/** A finished bundle; sizes in bytes. */
export interface Bundle {
  readonly outfile: string;
  readonly bytes: number;
  readonly largest: readonly { readonly file: string; readonly bytes: number }[];
}

/** The AWS packages declare in their package.json that importing them runs nothing; this one is as pure and says nothing. */
const pureOnImport = /[\\/]node_modules[\\/]@kubernetes[\\/]client-node[\\/]/;

/** Without it esbuild keeps the model class of every kind of Kubernetes, used or not. */
const dropUnusedModels: Plugin = {
  name: 'drop-unused-models',
  setup(build) {
    // The package is an ES module, so its relative imports are exact file names and need no search.
    build.onResolve({ filter: /^\./ }, ({ path, importer, resolveDir }) =>
      pureOnImport.test(importer) ? { path: join(resolveDir, path), sideEffects: false } : undefined,
    );
  },
};

/** An ES module has no require(), which the CommonJS packages in the bundle call for Node's own modules. */
const requireForCommonJs =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

function esbuildOptions({ entry, outfile, sourcemap }: BundleOptions): BuildOptions {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // On platform node esbuild prefers "main", which in the AWS clients is CommonJS and cannot be tree-shaken.
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true, // error names are read by people and by the AWS error handling
    sourcemap: sourcemap && 'linked',
    legalComments: 'none',
    banner: { js: requireForCommonJs },
    plugins: [dropUnusedModels],
    metafile: true,
    logLevel: 'warning',
  };
}

/** Writes the bundle; rejects with esbuild's message where a module does not resolve or parse. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const { metafile } = await runEsbuild({ ...esbuildOptions(options), metafile: true });
  if (options.analyze) await writeFile(join(options.outfile, '..', 'meta.json'), JSON.stringify(metafile));
  // One that names its interpreter is to be run by its name, as kubectl runs a plugin.
  const { size, mode } = await stat(options.outfile);
  if ((await readFile(options.entry, 'utf8')).startsWith('#!')) await chmod(options.outfile, mode | 0o111);
  return { outfile: options.outfile, bytes: size, largest: largestInputs(metafile) };
}

function largestInputs({ outputs }: Metafile): Bundle['largest'] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .map(([file, { bytesInOutput }]) => ({ file, bytes: bytesInOutput }))
    .toSorted((a, b) => b.bytes - a.bytes)
    .slice(0, 10);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      entry: { type: 'string' },
      outfile: { type: 'string' },
      sourcemap: { type: 'boolean', default: false },
      analyze: { type: 'boolean', default: false },
    },
  });
  const { entry, outfile, sourcemap, analyze } = values;
  // What is analyzed is one program: the list of its parts has one name.
  const isOne = entry !== undefined || outfile !== undefined || analyze;
  const one = { entry: entry ?? operator.entry, outfile: outfile ?? operator.outfile };
  for (const program of isOne ? [one] : [operator, plugin]) await report({ ...program, sourcemap, analyze });
}

async function report(options: BundleOptions): Promise<void> {
  const started = performance.now();
  const { outfile, bytes, largest } = await bundle(options);
  const took = Math.round(performance.now() - started);
  console.log(`${relative(root, outfile)}: ${Math.round(bytes / 1024)} KiB in ${took} ms`);
  if (options.analyze) for (const { file, bytes: size } of largest) console.log(`  ${size} ${file}`);
}

if (import.meta.main) {
  await main().catch((error: unknown) => {
    // esbuild has already printed where and why; its own stack says nothing more.
    if (!(error instanceof Error && 'errors' in error)) console.error(error);
    process.exitCode = 1;
  });
}
