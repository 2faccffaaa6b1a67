import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runTool } from './run-tool.ts';

/** Copies a file of this machine into the root file system of an image, links followed, mode kept. */
export async function addFile(rootfs: string, source: string, target: string): Promise<void> {
  const file = join(rootfs, target);
  await mkdir(dirname(file), { recursive: true });
  await copyFile(source, file);
}

/** Copies a program together with the shared libraries and the loader that ldd names for it, these to where they are here. */
export async function addProgram(rootfs: string, source: string, target = source): Promise<void> {
  await addFile(rootfs, source, target);
  for (const library of librariesIn(await runTool('ldd', [source]))) await addFile(rootfs, library, library);
}

/** The files in what ldd prints; a library that is not found is an error. */
export function librariesIn(output: string): string[] {
  const missing = /^\s*(\S+) => not found/m.exec(output)?.[1];
  if (missing !== undefined) throw new Error(`the shared library ${missing} is not installed`);
  // `name => /file (address)`, and the loader as `/file (address)`; the kernel's own vdso has no file.
  return [...output.matchAll(/(?:^\s*|=> )(\/\S+) \(0x/gm)].flatMap(([, file]) => file ?? []);
}
