import { stageDuration } from '../durations.ts';
import type { Paint } from '../paint.ts';
import type { Stage } from '../../api/verification.ts';

/** A stage, or what admission says before the first of them. */
export type ShownStage = Omit<Stage, 'name'> & { readonly name: Stage['name'] | 'Admission' };

const nameWidth = 'AuthorizationToken'.length;
const durationWidth = '9999 ms'.length;

/** The lines of a stage that has ended; of one that failed, with what was said and what to do. */
export function stageLines(stage: ShownStage, paint: Paint): string[] {
  const { name, ok, durationMs, message, code, requestId, nextStep } = stage;
  const mark = ok ? paint('green', 'ok    ') : paint('red', 'FAILED');
  const took = stageDuration(durationMs).padStart(durationWidth);
  const head = `${mark}  ${name.padEnd(nameWidth)}  ${took}  ${subjectOf(stage)}`;
  if (ok) return [`${head}${message}`];
  const said = [
    ...(code === undefined ? [] : [`code ${code}`]),
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ];
  return [
    `${head}${message}`,
    ...(said.length === 0 ? [] : [`        ${said.join(', ')}`]),
    ...(nextStep === undefined ? [] : [`        ${paint('bold', 'What to do:')} ${nextStep}`]),
  ];
}

/** Messages mostly name what they are about. */
function subjectOf({ subject, message }: ShownStage): string {
  return subject === undefined || message.includes(subject) ? '' : `${subject}: `;
}

/** What all stages together say. */
export function verdict(what: string, stages: readonly ShownStage[], paint: Paint): string {
  const failed = stages.filter(({ ok }) => !ok);
  const took = stageDuration(stages.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const count = `${stages.length} ${stages.length === 1 ? 'stage' : 'stages'}, ${took}`;
  if (failed.length === 0) return `${paint('green', 'Passed')}: ${what} (${count})`;
  const names = [...new Set(failed.map(({ name }) => name))].join(', ');
  return `${paint('red', 'Failed')} at ${names}: ${what} (${count})`;
}
