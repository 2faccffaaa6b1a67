import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The file that PATH finds for a program; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((dir) => join(dir, name))
    .find(isExecutable);
}

/** The same for one that has to be there. */
export function programFile(name: string): string {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`the program ${name} is not in PATH`);
  return file;
}

/** True for a file that may be run. */
export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
