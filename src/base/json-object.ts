/** A JSON object, as far as it is known: that it is one. */
export type JsonObject = Record<string, unknown>;

/** Undefined for text that is no JSON, and for JSON that is no object. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    return asJsonObject(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Undefined for what is no object, a list among them. */
export function asJsonObject(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
