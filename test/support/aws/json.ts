export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses the text of a JSON object; throws when it is anything else. */
export function parseJsonObject(text: string | Buffer): JsonObject {
  const value: unknown = JSON.parse(text.toString());
  if (!isJsonObject(value)) throw new Error('expected a JSON object');
  return value;
}
