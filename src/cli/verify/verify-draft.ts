import type { Stage } from '../../api/verification.ts';
import { createAwsApi } from '../../aws/sdk.ts';
import type { SessionDeps } from '../../aws/session.ts';
import { createOciClient } from '../../oci/client.ts';
import { clusterCredentials } from '../../operator/cluster-credentials.ts';
import type { Leg } from '../../verification/plan.ts';
import { createVerifier } from '../../verification/verifier.ts';
import type { Connection } from '../connection.ts';
import type { Io } from '../io.ts';
import type { Subject } from '../kinds.ts';
import { describePermission, missingPermission } from '../permission.ts';
import { draftLegs } from './draft-legs.ts';

/** What only the operator can do stays unchecked; these are the words for it. */
const askOperator = 'save the object, and let the operator test it with kubectl ecr test';

/**
 * Runs the stages for an object that is not saved, from this machine and with the rights of the caller. `onStage` gets each
 * stage as it ends. Gives what could not be checked, in words.
 */
export async function verifyDraft(
  subject: Subject,
  { client, signal, namedNamespace }: Connection,
  { clock, env }: Io,
  onStage: (stage: Stage) => void,
): Promise<string[]> {
  const unchecked: string[] = [];
  let legs: readonly Leg[];
  try {
    const plan = await draftLegs(subject, namedNamespace, client, signal);
    legs = plan.legs;
    unchecked.push(...plan.notChecked.map((what) => `${what}: ${askOperator}`));
  } catch (error) {
    return [beyondRights(error) ?? throwAgain(error)];
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
  let shown = 0;
  await verifier.verify(
    legs,
    (stages) => {
      const ended = stages.slice(shown);
      shown = stages.length;
      // That the caller may not do a thing says nothing about the operator.
      for (const stage of ended) if (stage.ok || credentials.refusal() === undefined) onStage(stage);
    },
    signal,
  );
  return [...unchecked, ...(credentials.refusal() ?? [])];
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
