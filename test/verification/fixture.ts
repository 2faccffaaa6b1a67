import type { Condition } from '../../src/api/conditions.ts';
import type { Verification } from '../../src/api/verification.ts';
import { annotations } from '../../src/api/names.ts';
import { type KubeObject, type ResourceType, secrets } from '../../src/kube/object.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { createFixture, type Fixture } from '../operator/fixture.ts';
import type { OperatorProcess } from '../support/operator-process.ts';
import { waitFor } from '../support/wait-for.ts';

/** An object that was verified, as far as these tests read it. */
export interface VerifiedObject extends KubeObject {
  readonly status?: { readonly verification?: Verification; readonly conditions?: Condition[] };
}

export interface VerificationFixture extends Fixture {
  /** Starts an operator that reaches the local registry: by a proxy, with its authority. */
  startVerifier(args?: readonly string[], env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
}

/** To be awaited at the top of a test file. */
export async function createVerificationFixture(): Promise<VerificationFixture> {
  const f = await createFixture();
  const { proxyUrl, caFile } = f.aws.registry;
  const way = { HTTPS_PROXY: proxyUrl, NODE_EXTRA_CA_CERTS: caFile };
  return { ...f, startVerifier: (args, env) => f.startOperator(args, { ...way, ...env }) };
}

let requests = 0;

/** A time that no other request has. */
export function requestTime(): string {
  requests += 1;
  return new Date(Date.now() + requests).toISOString();
}

/** Asks for a verification; gives the time that names it. */
export async function requestTest(
  { client, namespace }: Fixture,
  name: string,
  type: ResourceType = ecrRegistries,
): Promise<string> {
  const time = requestTime();
  const metadata = { annotations: { [annotations.testRequestedAt]: time } };
  await client.mergePatch(type, type.namespaced ? { namespace, name } : { name }, { metadata });
  return time;
}

/** Waits until the verification that was asked for at a time has ended. */
export async function finished(
  { client, namespace }: Fixture,
  name: string,
  requestedAt: string | undefined,
  type: ResourceType = ecrRegistries,
): Promise<VerifiedObject & { readonly verification: Verification }> {
  const probe = async () => {
    const key = type.namespaced ? { namespace, name } : { name };
    const object = await client.get<VerifiedObject>(type, key);
    const verification = object?.status?.verification;
    if (object === undefined || verification?.finishedAt === undefined) return undefined;
    if (requestedAt !== undefined && verification.requestedAt !== requestedAt) return undefined;
    return { ...object, verification };
  };
  return waitFor(`${type.kind} ${name} to be verified`, probe, { everyMs: 40, timeoutMs: 30_000 });
}

/** Asks for a verification and waits for its end. */
export async function test(
  f: Fixture,
  name: string,
  type: ResourceType = ecrRegistries,
): Promise<VerifiedObject & { readonly verification: Verification }> {
  return finished(f, name, await requestTest(f, name, type), type);
}

export function verifiedCondition({ status }: VerifiedObject): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === 'Verified');
}

/** Name and version of every Secret of the namespace. */
export async function secretVersions({ client, namespace }: Fixture): Promise<string[]> {
  const { items } = await client.list(secrets, { namespace, metadataOnly: true });
  return items.map(({ metadata: { name, resourceVersion } }) => `${name} ${resourceVersion}`).toSorted();
}
