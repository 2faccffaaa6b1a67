import type { Stage } from '../../api/verification.ts';
import { createAwsApi } from '../../aws/sdk.ts';
import type { SessionDeps } from '../../aws/session.ts';
import { createOciClient } from '../../oci/client.ts';
import { clusterCredentials } from '../../operator/cluster-credentials.ts';
import type { Leg } from '../../verification/plan.ts';
import { createVerifier } from '../../verification/verifier.ts';
import { type Connection, TimeIsUp } from '../connection.ts';
import { CommandFailure, exitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { describeSubject, type Subject } from '../kinds.ts';
import { describePermission, missingPermission } from '../permission.ts';
import { draftLegs } from './draft-legs.ts';
import type { Reader } from './draft-plan.ts';

/** What only the operator can do stays unchecked; these are the words for it. */
const askOperator = 'save the object, and let the operator test it with kubectl ecr test';

/** How the stages of an object that is not saved ended. */
export interface DraftVerification {
  /** What could not be tried from here, in words. */
  readonly notChecked: readonly string[];
  readonly failed: boolean;
}

/**
 * Runs the stages for an object that is not saved, from this machine and with the rights of the caller. `onStage` gets each
 * stage as it ends.
 */
export async function verifyDraft(
  subject: Subject,
  reader: Reader,
  { client, signal, namedNamespace }: Connection,
  { clock, env }: Io,
  onStage: (stage: Stage) => void,
): Promise<DraftVerification> {
  const unchecked: string[] = [];
  let legs: readonly Leg[];
  try {
    const plan = await draftLegs(subject, namedNamespace, reader, signal);
    legs = plan.legs;
    unchecked.push(...plan.notChecked.map((what) => `${what}: ${askOperator}`));
  } catch (error) {
    return { notChecked: [beyondRights(error) ?? throwAgain(error)], failed: false };
  }
  const credentials = noticing(clusterCredentials(client));
  const connect = (host: string, login: Parameters<typeof createOciClient>[0]['login']) =>
    createOciClient({ host, login, proxyEnv: env, clock, random: Math.random });
  const verifier = createVerifier({
    api: createAwsApi(),
    clock,
    random: Math.random,
    connect,
    ...credentials.source,
  });
  // That the caller may not do a thing says nothing about the operator.
  const tell = (stage: Stage): void => {
    if (stage.ok || credentials.refusal() === undefined) onStage(stage);
  };
  const { failed } = await verifier.verify(legs, tell, signal).catch((error: unknown) => {
    throw error instanceof TimeIsUp ? tooLate(subject, error) : error;
  });
  const refusal = credentials.refusal();
  return {
    notChecked: [...unchecked, ...(refusal ?? [])],
    failed: failed !== undefined && refusal === undefined,
  };
}

/** The API server has answered long ago: it is AWS or a registry that is slow. */
function tooLate(subject: Subject, cause: TimeIsUp): CommandFailure {
  const message = `the test of ${describeSubject(subject)} has not ended, and ${cause.message}: whoever the next stage asks is slow to answer, AWS or the registry most likely; try a longer --timeout`;
  return new CommandFailure(exitCode.unknown, message, { cause });
}

type CredentialSource = Pick<SessionDeps, 'mintWebIdentityToken' | 'readAccessKey'>;

/** The same source, which remembers that the caller lacked a right. */
function noticing(source: CredentialSource): {
  source: CredentialSource;
  refusal: () => string[] | undefined;
} {
  let refused: string | undefined;
  const notice = async <T>(read: Promise<T>): Promise<T> => {
    try {
      return await read;
    } catch (error) {
      refused = beyondRights((error as Error).cause);
      throw error;
    }
  };
  return {
    source: {
      mintWebIdentityToken: (...key) => notice(source.mintWebIdentityToken(...key)),
      readAccessKey: (...key) => notice(source.readAccessKey(...key)),
    },
    refusal: () => (refused === undefined ? undefined : [refused]),
  };
}

function beyondRights(error: unknown): string | undefined {
  const missing = missingPermission(error);
  return missing && `all that follows, since you may not ${describePermission(missing)}: ${askOperator}`;
}

function throwAgain(error: unknown): never {
  throw error;
}
