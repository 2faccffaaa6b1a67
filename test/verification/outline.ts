import type { Stage } from '../../src/api/verification.ts';

/** `ok ServiceAccount`, `failed AssumeRole`: what happened, in order. */
export function outline(stages: readonly Stage[]): string[] {
  return stages.map(({ ok, name }) => `${ok ? 'ok' : 'failed'} ${name}`);
}
