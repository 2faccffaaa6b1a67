import { stalls } from '../api/reasons.ts';
import type { VerifyRepository } from '../api/verification.ts';
import type { OciClient, Upload } from '../oci/client.ts';
import { OciFailure } from '../oci/failure.ts';
import { StallError } from './explain.ts';
import type { ReadyLeg } from './plan.ts';
import type { StageLog } from './stage-log.ts';
import { subjectOf } from './subject.ts';

/** A host that was logged in to; `client` has the login. */
export interface Door {
  readonly host: string;
  readonly client: OciClient;
}

/** Any tag tells whether one may pull: what is not there is refused in another way than what is not allowed. */
const usualTag = 'latest';

/** Tries what a repository is to be used for, in the order pull, push. */
export async function tryRepository(
  leg: ReadyLeg,
  repository: VerifyRepository,
  doors: readonly Door[],
  log: StageLog,
): Promise<void> {
  const { name, access, tag } = repository;
  const host = repository.host ?? doors[0]?.host ?? '';
  const client = (): OciClient => {
    const door = doors.find((one) => one.host === host);
    if (door !== undefined) return door.client;
    throw new StallError(stalls.hostNotListed(host, unique(doors)));
  };
  if (access.includes('pull')) {
    const reference = `${host}/${name}:${tag ?? usualTag}`;
    await log.run('Pull', subjectOf(leg, reference), async () => ({
      value: undefined,
      message: await tryPull(client(), name, tag),
    }));
  }
  if (access.includes('push')) {
    await log.run('Push', subjectOf(leg, `${host}/${name}`), async () => ({
      value: undefined,
      message: await tryPush(client(), name),
    }));
  }
}

async function tryPull(client: OciClient, name: string, tag: string | undefined): Promise<string> {
  try {
    await client.headManifest(name, tag ?? usualTag);
    return 'the image can be pulled';
  } catch (error) {
    const isMissing = error instanceof OciFailure && error.reason === 'ImageNotFound';
    if (tag !== undefined || !isMissing) throw error;
    return `images can be pulled; there is none with the tag ${usualTag}`;
  }
}

/**
 * Starts an upload and cancels it. No signal: an upload whose start is not waited for could not be cancelled, and the
 * client has a deadline of its own.
 */
async function tryPush(client: OciClient, name: string): Promise<string> {
  const upload = await client.startUpload(name);
  return `images can be pushed; ${await cancel(upload)}`;
}

async function cancel(upload: Upload): Promise<string> {
  const gone = 'the upload that was started for it was cancelled';
  const ends = 'the registry ends the empty upload that was started for it by itself';
  try {
    return (await upload.cancel()) === 'unsupported' ? ends : gone;
  } catch (error) {
    if (!(error instanceof OciFailure)) throw error;
    // The answer to the question is known, and nobody sees an upload without content.
    return `${ends}, as it could not be cancelled (${error.code})`;
  }
}

function unique(doors: readonly Door[]): string[] {
  return [...new Set(doors.map(({ host }) => host))];
}
