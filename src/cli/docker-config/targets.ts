import { targetsOf } from '../../api/ecr-pipeline.ts';
import { secretNameOf } from '../../api/ecr-registry.ts';
import { CommandFailure, exitCode, usageError } from '../exit-code.ts';
import { describeSubject, type Subject } from '../kinds.ts';

/** A Secret that an object keeps. */
export interface SecretTarget {
  readonly namespace: string;
  readonly name: string;
  readonly trigger?: string;
}

/**
 * The Secrets of an object, those of a cluster registry in `namespace` only. `trigger` picks one of a pipeline; throws a
 * CommandFailure where there is none of that name.
 */
export function secretTargets(
  subject: Subject,
  namespace: string,
  trigger: string | undefined,
): SecretTarget[] {
  if (subject.kind === 'EcrPipeline') return pipelineTargets(subject, trigger);
  if (trigger !== undefined)
    throw usageError(`${describeSubject(subject)} has no triggers: leave --trigger out`);
  const where = subject.kind === 'EcrRegistry' ? subject.object.metadata.namespace : namespace;
  return [{ namespace: where, name: secretNameOf(subject.object) }];
}

function pipelineTargets(
  subject: Extract<Subject, { kind: 'EcrPipeline' }>,
  wanted: string | undefined,
): SecretTarget[] {
  const { namespace } = subject.object.metadata;
  const all = targetsOf(subject.object).map(({ secretName: name, trigger }) => ({
    namespace,
    name,
    ...(trigger === undefined ? {} : { trigger }),
  }));
  const chosen = wanted === undefined ? all : all.filter(({ trigger }) => trigger === wanted);
  if (chosen.length > 0) return chosen;
  const known = all.flatMap(({ trigger }) => trigger ?? []).join(', ') || 'none';
  throw new CommandFailure(
    exitCode.no,
    `${describeSubject(subject)} has no trigger ${wanted}; it has: ${known}`,
  );
}
