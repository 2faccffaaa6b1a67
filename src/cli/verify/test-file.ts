import type { Options } from '../arguments.ts';
import type { Connection } from '../connection.ts';
import { type ExitCode, exitCode, usageError } from '../exit-code.ts';
import { type Io, printLines } from '../io.ts';
import { describeSubject, type Subject } from '../kinds.ts';
import { paintFor } from '../paint.ts';
import { printData } from '../print-data.ts';
import { dryRun } from './dry-run.ts';
import { liveLines } from './live-lines.ts';
import { type Draft, readDrafts } from './read-file.ts';
import { type ShownStage, stageLines, verdict } from './stage-lines.ts';

/** Tests objects that are not saved: what admission says, then the stages with the rights of the caller. Saves nothing. */
export async function testFile(
  file: string,
  options: Options,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const results: DraftResult[] = [];
  for (const draft of await readDrafts(file, io)) results.push(await testDraft(draft, options, cluster, io));
  await printData(io, options.output, results.length === 1 ? results[0] : results);
  return results.every(({ ok }) => ok) ? exitCode.ok : exitCode.no;
}

/** The form for programs. */
interface DraftResult {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly ok: boolean;
  readonly stages: readonly ShownStage[];
  /** What only the operator can check. */
  readonly notChecked: readonly string[];
}

async function testDraft(draft: Draft, options: Options, cluster: Connection, io: Io): Promise<DraftResult> {
  const paint = paintFor(io.out, io.env);
  const forPeople = options.output === 'text' || options.output === 'wide';
  const namespace = namespaceOf(draft, options, cluster);
  const lines = forPeople ? liveLines(io.out, io.clock, 'the next stage') : { print() {}, stop() {} };
  const stages: ShownStage[] = [];
  const notChecked: string[] = [];
  const add = (stage: ShownStage): void => {
    stages.push(stage);
    lines.print(stageLines(stage, paint));
  };
  try {
    const subject = await admit(draft, namespace, cluster, io, add);
    if (subject !== undefined) {
      // Imported only here: the clients of AWS are large, and no other command has a use for them.
      const { verifyDraft } = await import('./verify-draft.ts');
      notChecked.push(...(await verifyDraft(subject, cluster, io, add)));
    }
  } finally {
    lines.stop();
  }
  if (forPeople) {
    const summary = verdict(`${draft.kind} ${draft.object.metadata.name} of the file`, stages, paint);
    printLines(io, [...notChecked.map((what) => `not checked: ${what}`), summary]);
  }
  const ok = stages.every((stage) => stage.ok);
  return { kind: draft.kind, namespace, name: draft.object.metadata.name, ok, stages, notChecked };
}

/** Gives the object as it would be stored; undefined where admission refuses it. */
async function admit(
  draft: Draft,
  namespace: string,
  cluster: Connection,
  { clock }: Io,
  add: (stage: ShownStage) => void,
): Promise<Subject | undefined> {
  const started = clock.now();
  const admission = await dryRun(draft, namespace, cluster);
  const durationMs = clock.now() - started;
  if (admission.kind === 'refused') {
    add({ name: 'Admission', ok: false, durationMs, message: admission.messages.join('; ') });
    return undefined;
  }
  const message = `the API server takes ${describeSubject(admission.subject)}; nothing was saved`;
  add({ name: 'Admission', ok: true, durationMs, message });
  return admission.subject;
}

/** As with kubectl, the file and the option must not contradict each other. */
function namespaceOf({ object }: Draft, { namespace }: Options, cluster: Connection): string {
  const own = object.metadata.namespace;
  if (own !== undefined && namespace !== undefined && own !== namespace)
    throw usageError(`${object.metadata.name} is in namespace ${own}, and --namespace says ${namespace}`);
  return own ?? cluster.namespace;
}
