import { ecrPipelines } from '../../src/api/ecr-pipeline.ts';
import { ecrRegistries } from '../../src/api/ecr-registry.ts';
import { events, type KubeObject, secrets } from '../../src/kube/object.ts';
import { passwordsIn, type Secret } from '../operator/pull-secrets.ts';
import type { E2e } from './fixture.ts';
import { environmentCanary, release } from './operator-release.ts';

/** Where something was shown -> the text. */
export type Shown = ReadonlyMap<string, string>;

/** What the operator shows through the API server: status, events, and the metadata of its Secrets. */
export async function shownByObjects({ client, namespace }: E2e): Promise<Shown> {
  const json = async (type: Parameters<typeof client.list>[0], where: object): Promise<string> =>
    JSON.stringify((await client.list<KubeObject>(type, where)).items);
  return new Map([
    ['EcrRegistries', await json(ecrRegistries, { namespace })],
    ['EcrPipelines', await json(ecrPipelines, { namespace })],
    ['events', await json(events, { namespace })],
    ['events of the operator', await json(events, { namespace: release.namespace })],
    ['metadata of Secrets', await json(secrets, { namespace, metadataOnly: true })],
  ]);
}

/** All that must not be shown: what went between operator and AWS, the logins, and the environment of the operator. */
export async function secretsOf({ client, namespace, recorded }: E2e): Promise<string[]> {
  const { items } = await client.list<Secret>(secrets, { namespace });
  const passwords = items.flatMap((secret) => [...passwordsIn(secret).values()]);
  // The first part of a JWT says how it is signed and is no secret.
  const sent = [...recorded.secrets].map((secret) => secret.replace(/^eyJ[\w-]+\./, ''));
  return [...sent, ...passwords, environmentCanary];
}

const pieceLength = 16;

/** The places that show a secret or a part of one, so that one that is cut or embedded is found too. */
export function leaksIn(shown: Shown, hidden: readonly string[]): string[] {
  const pieces = hidden.flatMap((secret) => secret.match(new RegExp(`.{${pieceLength}}`, 'g')) ?? [secret]);
  return [...shown]
    .filter(([, text]) => pieces.some((piece) => text.includes(piece)))
    .map(([where]) => where);
}
