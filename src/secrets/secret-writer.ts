import { Redacted } from '../base/redacted.ts';
import { type Auth, dockerConfigKey, parseDockerConfig } from '../docker-config/docker-config.ts';
import type { KubeClient } from '../kube/client.ts';
import { isAlreadyExists } from '../kube/errors.ts';
import { type KubeObject, secrets } from '../kube/object.ts';
import { managerName } from '../api/names.ts';
import { dataChanges, type IssuedToken, nextContent, recordsOf } from './content.ts';
import { type DesiredSecret, secretType } from './desired-secret.ts';
import { encodedConfig } from './encoded-config.ts';
import { createBody, patchBody, renewBody } from './manifest.ts';
import { observeSecret, type ObservedSecret } from './observed-secret.ts';
import type { SecretPlan, TokenStep } from './plan.ts';
import type { TokenRecords } from './token-records.ts';

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

/** What became of a Secret. */
export type WriteResult =
  | { kind: 'written'; created: boolean; observed: ObservedSecret; records: TokenRecords }
  | { kind: 'unchanged'; records: TokenRecords }
  /** A Secret of this name is not ours; nothing was written. */
  | { kind: 'conflict'; found: string };

export type SecretClient = Pick<KubeClient, 'get' | 'create' | 'mergePatch'>;

export interface WriteInput {
  desired: DesiredSecret;
  observed: ObservedSecret | undefined;
  plan: Extract<SecretPlan, { kind: 'sync' }>;
  /** Tokens that AWS gave, by id; those that failed are absent. */
  issued: ReadonlyMap<string, IssuedToken>;
  signal: AbortSignal;
}

/**
 * Brings a Secret to its next version with one write, or none where nothing changes. Reads its data only when a login
 * must be carried over.
 */
export async function writeSecret(client: SecretClient, input: WriteInput): Promise<WriteResult> {
  return input.observed === undefined
    ? createSecret(client, input)
    : updateSecret(client, input, input.observed);
}

async function createSecret(client: SecretClient, input: WriteInput): Promise<WriteResult> {
  const { desired, plan, issued, signal } = input;
  const content = nextContent(plan.steps, issued).filter((c) => c.kind === 'issued');
  // A Secret without a login would break anonymous pulls of the pods that name it.
  if (content.length === 0) return { kind: 'unchanged', records: {} };
  const records = recordsOf(content);
  const body = createBody(desired, records, encodedConfig(content, new Map()));
  try {
    const written = await client.create<KubeObject>(secrets, body, { ...writeOptions, signal });
    return { kind: 'written', created: true, observed: observeSecret(written.metadata), records };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    return claimSecret(client, input);
  }
}

/** A Secret of that name exists and the watch does not show it as ours: ours without its label, or somebody else's. */
async function claimSecret(client: SecretClient, input: WriteInput): Promise<WriteResult> {
  const { desired, signal } = input;
  const found = await client.get<Secret>(secrets, desired, { signal });
  // Deleted in between: the place is free after all.
  if (found === undefined) return createSecret(client, input);
  const observed = observeSecret(found.metadata);
  if (observed.ownerUid !== desired.owner.uid || found.type !== secretType) {
    return { kind: 'conflict', found: describeForeign(found, observed) };
  }
  const steps = input.plan.steps.map((step) => withRecord(step, observed));
  const relabelled = { ...input, observed, plan: { ...input.plan, steps, metadataDiffers: true } };
  return updateSecret(client, relabelled, observed);
}

/** The plan was made without the records of the Secret that was found. */
function withRecord(step: TokenStep, observed: ObservedSecret): TokenStep {
  return step.kind === 'fetch' ? { ...step, record: observed.tokens[step.token.id] } : step;
}

async function updateSecret(
  client: SecretClient,
  { desired, plan, issued, signal }: WriteInput,
  observed: ObservedSecret,
): Promise<WriteResult> {
  const content = nextContent(plan.steps, issued);
  const records = recordsOf(content);
  const newData = dataChanges(content, plan.dropped);
  if (!newData && !plan.metadataDiffers) return { kind: 'unchanged', records: observed.tokens };
  const existing =
    content.some((c) => c.kind !== 'issued') && newData
      ? await readAuths(client, desired, observed, signal)
      : new Map<string, Auth>();
  const config = newData ? encodedConfig(content, existing) : undefined;
  const body =
    plan.metadataDiffers || config === undefined
      ? patchBody(desired, await readMetadata(client, desired, observed, signal), records, config)
      : renewBody(observed, records, config);
  const written = await client.mergePatch<KubeObject>(secrets, desired, body, { ...writeOptions, signal });
  return { kind: 'written', created: false, observed: observeSecret(written.metadata), records };
}

const writeOptions = { fieldManager: managerName, metadataOnly: true } as const;

async function readAuths(
  client: SecretClient,
  desired: DesiredSecret,
  observed: ObservedSecret,
  signal: AbortSignal,
): Promise<Map<string, Auth>> {
  const secret = await client.get<Secret>(secrets, desired, { signal });
  if (secret === undefined || secret.metadata.uid !== observed.uid) return new Map();
  const text = Buffer.from(secret.data?.[dockerConfigKey] ?? '', 'base64').toString('utf8');
  return parseDockerConfig(new Redacted(text));
}

/** All metadata of the version that was observed; the resourceVersion stays that one, as a precondition. */
async function readMetadata(
  client: SecretClient,
  desired: DesiredSecret,
  observed: ObservedSecret,
  signal: AbortSignal,
): Promise<KubeObject['metadata']> {
  const found = await client.get<KubeObject>(secrets, desired, { metadataOnly: true, signal });
  return {
    ...(found?.metadata ?? { name: desired.name }),
    uid: observed.uid,
    resourceVersion: observed.resourceVersion,
  };
}

function describeForeign(found: Secret, observed: ObservedSecret): string {
  if (observed.ownerUid !== undefined) return `it belongs to the object with UID ${observed.ownerUid}`;
  return found.type === secretType
    ? 'it was not made by ecr-operator'
    : `it has type ${found.type ?? 'Opaque'}`;
}
