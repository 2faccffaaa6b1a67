import { randomBytes } from 'node:crypto';
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
    return 'its manifest may be read';
  } catch (error) {
    const isMissing = error instanceof OciFailure && error.reason === 'ImageNotFound';
    if (tag !== undefined || !isMissing) throw error;
    return `its manifests may be read; there is none with the tag ${usualTag}`;
  }
}

/**
 * Starts an upload and cancels it, and asks for a layer that nobody has, as clients do before each layer. The upload comes
 * first: its refusal has words, and tells a repository that does not exist. No signal: an upload whose start is not waited for could not be cancelled, and the
 * client has a deadline of its own.
 */
async function tryPush(client: OciClient, name: string): Promise<string> {
  const upload = await client.startUpload(name);
  const cancelled = await cancel(upload);
  await client.hasBlob(name, unknownDigest());
  return `an upload may be started and layers may be looked for; ${cancelled}`;
}

function unknownDigest(): string {
  return `sha256:${randomBytes(32).toString('hex')}`;
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
