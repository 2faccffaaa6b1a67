import type { Service } from './api-request.ts';
import type { BodyChange } from './faults.ts';
import type { HttpReply } from './http.ts';
import { isJsonObject, parseJsonObject, type JsonObject } from './json.ts';

/** Spoils a successful answer as `change` says. */
export function spoilReply(service: Service, reply: HttpReply, change: BodyChange): HttpReply {
  const text = reply.body.toString();
  const changed = change.raw ?? (service === 'sts' ? spoilXml(text, change) : spoilJson(text, change));
  if (change.truncated === 'body')
    return { ...reply, body: changed.slice(0, Math.floor(changed.length / 2)) };
  return { ...reply, body: changed, cutConnection: change.truncated === 'connection' };
}

function spoilXml(text: string, { expiresAt }: BodyChange): string {
  if (expiresAt === undefined) return text;
  const element =
    expiresAt === 'missing' ? '' : `<Expiration>${new Date(expiresAt * 1000).toISOString()}</Expiration>`;
  return text.replace(/<Expiration>.*?<\/Expiration>/, element);
}

function spoilJson(text: string, change: BodyChange): string {
  const { authorizationData } = parseJsonObject(text);
  const entries = [authorizationData]
    .flat()
    .filter(isJsonObject)
    .map((entry) => withExpiry(entry, change.expiresAt));
  if (!Array.isArray(authorizationData)) {
    return JSON.stringify(change.authorizationData === 'empty' ? {} : { authorizationData: entries[0] });
  }
  const chosen = { empty: [], several: [...entries, ...entries], all: entries };
  return JSON.stringify({ authorizationData: chosen[change.authorizationData ?? 'all'] });
}

function withExpiry(entry: JsonObject, expiresAt: BodyChange['expiresAt']): JsonObject {
  if (expiresAt === undefined) return entry;
  return { ...entry, expiresAt: expiresAt === 'missing' ? undefined : expiresAt };
}
