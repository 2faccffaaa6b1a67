/** Causes that point at each other must not hang the log. */
const deepestCause = 8;

/**
 * The messages of an error and of its causes, outermost first, as one line. Only messages: an error object may carry
 * the request that failed, and with it a token.
 */
export function errorChain(error: unknown): string {
  const messages: string[] = [];
  for (let at = error; at !== undefined && at !== null && messages.length < deepestCause; at = causeOf(at)) {
    const message = messageOf(at);
    if (!messages.at(-1)?.endsWith(message)) messages.push(message);
  }
  return messages.join(': ') || 'unknown error';
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  return typeof error === 'string' ? error : `a thrown ${typeof error}`;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
