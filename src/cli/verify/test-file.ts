import type { Options } from '../arguments.ts';
import type { Connection } from '../connection.ts';
import { type ExitCode, exitCode, usageError } from '../exit-code.ts';
import { type Io, note, printLines } from '../io.ts';
import { describeSubject, type Subject } from '../kinds.ts';
import { paintFor } from '../paint.ts';
import { printData } from '../print-data.ts';
import { type Admissions, createAdmissions, type PlacedDraft } from './admissions.ts';
import { liveLines } from './live-lines.ts';
import { type Draft, readDrafts } from './read-file.ts';
import { notTested, type ShownStage, stageLines, verdict } from './stage-lines.ts';

/** Tests objects that are not saved: what admission says, then the stages with the rights of the caller. Saves nothing. */
export async function testFiles(
  files: readonly string[],
  options: Options,
  cluster: Connection,
  io: Io,
): Promise<ExitCode> {
  const { drafts, passedOver } = await readDrafts(files, io, cluster.signal);
  for (const what of passedOver) note(io, `passed over, as there is nothing to test in it: ${what}`);
  const placed = drafts.map((draft) => ({ draft, namespace: namespaceOf(draft, options, cluster) }));
  const run = { admissions: createAdmissions(placed, cluster, io.clock), options, cluster, io };
  const results: DraftResult[] = [];
  for (const one of placed) results.push(await testDraft(one, run));
  await printData(io, options.output, results.length === 1 ? results[0] : results);
  if (results.some(({ ok, tested }) => tested && !ok)) return exitCode.no;
  return results.every(({ tested }) => tested) ? exitCode.ok : exitCode.unknown;
}

/** What the tests of all objects of one command have in common. */
interface FileRun {
  readonly admissions: Admissions;
  readonly options: Options;
  readonly cluster: Connection;
  readonly io: Io;
}

/** The form for programs. */
interface DraftResult {
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  /** Whether all that was tried went through; false where nothing beyond admission was tried. */
  readonly ok: boolean;
  readonly tested: boolean;
  readonly stages: readonly ShownStage[];
  /** What only the operator can check. */
  readonly notChecked: readonly string[];
}

async function testDraft(
  placed: PlacedDraft,
  { admissions, options, cluster, io }: FileRun,
): Promise<DraftResult> {
  const paint = paintFor(io.out, io.env);
  const forPeople = options.output === 'text' || options.output === 'wide';
  const lines = forPeople ? liveLines(io.out, io.clock, 'the next stage') : { print() {}, stop() {} };
  const stages: ShownStage[] = [];
  const notChecked: string[] = [];
  let failed = false;
  const add = (stage: ShownStage): void => {
    stages.push(stage);
    failed ||= !stage.ok;
    lines.print(stageLines(stage, paint));
  };
  try {
    const subject = await admit(placed, admissions, add);
    if (subject !== undefined) {
      // Imported only here: the clients of AWS are large, and no other command has a use for them.
      const { verifyDraft } = await import('./verify-draft.ts');
      const verified = await verifyDraft(subject, admissions.reader, cluster, io, add);
      notChecked.push(...verified.notChecked);
      failed ||= verified.failed;
    }
  } finally {
    lines.stop();
  }
  const tested = failed || stages.length > 1;
  const { kind, object } = placed.draft;
  const { name } = object.metadata;
  if (forPeople) {
    const summary = (tested ? verdict : notTested)(`${kind} ${name} of the file`, stages, paint);
    printLines(io, [...notChecked.map((what) => `not checked: ${what}`), summary]);
  }
  return { kind, namespace: placed.namespace, name, ok: tested && !failed, tested, stages, notChecked };
}

/** Gives the object as it would be stored; undefined where admission refuses it. */
async function admit(
  placed: PlacedDraft,
  admissions: Admissions,
  add: (stage: ShownStage) => void,
): Promise<Subject | undefined> {
  const { durationMs, ...admission } = await admissions.of(placed);
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
