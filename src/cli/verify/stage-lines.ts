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

/** What all stages together say; `omitted`: how many went through before those that are known. */
export function verdict(what: string, stages: readonly ShownStage[], paint: Paint, omitted = 0): string {
  const failed = stages.filter(({ ok }) => !ok);
  const about = `${what} (${countText(stages, omitted)})`;
  if (failed.length === 0) return `${paint('green', 'Passed')}: ${about}`;
  const names = [...new Set(failed.map(({ name }) => name))].join(', ');
  return `${paint('red', 'Failed')} at ${names}: ${about}`;
}

/** What is said where everything beyond admission is the operator's to try. */
export function notTested(what: string, stages: readonly ShownStage[], paint: Paint): string {
  return `${paint('yellow', 'Not tested')} beyond Admission: ${what} (${countText(stages, 0)})`;
}

function countText(stages: readonly ShownStage[], omitted: number): string {
  const count = omitted + stages.length;
  const took = stageDuration(stages.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const howLong = omitted === 0 ? took : `the last ${stages.length} of them ${took}`;
  return `${count} ${count === 1 ? 'stage' : 'stages'}, ${howLong}`;
}
