import type { EcrPipeline } from '../../api/ecr-pipeline.ts';

/**
 * Of the Secrets that a pipeline has (`namespace/name`) those to keep while the Secrets of `missing` triggers (undefined: the
 * pipeline itself) are not there yet: pods may still use them under a former name. The last status tells which trigger a
 * Secret was for; one that it does not name is kept as well. A trigger that is gone waits for nobody.
 */
export function formerSecretsToKeep(
  { status, metadata }: EcrPipeline,
  owned: readonly string[],
  missing: readonly (string | undefined)[],
): string[] {
  if (missing.length === 0) return [];
  const triggers = new Map(
    (status?.secrets ?? []).map(({ secretName, trigger }) => [
      `${metadata.namespace}/${secretName}`,
      trigger,
    ]),
  );
  return owned.filter((key) => !triggers.has(key) || missing.includes(triggers.get(key)));
}
