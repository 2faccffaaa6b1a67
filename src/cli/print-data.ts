import type { OutputFormat } from './arguments.ts';
import type { Io } from './io.ts';

/** Prints plain data for programs where they were asked for; false where a person is to be told in words. */
export async function printData(
  { out }: Pick<Io, 'out'>,
  format: OutputFormat,
  value: unknown,
): Promise<boolean> {
  if (format !== 'json' && format !== 'yaml') return false;
  out.write(format === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : await yamlOf(value));
  return true;
}

async function yamlOf(value: unknown): Promise<string> {
  // The library for it is the one that reads kubeconfigs, the largest in the program.
  const { toYaml } = await import('./yaml-text.ts');
  return toYaml(value);
}
