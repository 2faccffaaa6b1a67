/** How much an event lists: its note is cut at 1024 bytes. The status has the rest. */
const mostListed = 8;

export function listed(parts: readonly string[], separator: string): string {
  const more = parts.length > mostListed ? ` and ${parts.length - mostListed} more, see the status` : '';
  return parts.slice(0, mostListed).join(separator) + more;
}

/** `Secret a`, or `Secrets a, b, c`. */
export function secretsNamed(names: readonly string[]): string {
  return `${names.length === 1 ? 'Secret' : 'Secrets'} ${listed(names, ', ')}`;
}

/** What is to be told of Secrets, each text once with all Secrets that it is about: `Secrets a, b: <text>`. */
export function bySecrets(news: readonly { secretName: string; text: string }[]): string[] {
  const names = new Map<string, string[]>();
  for (const { secretName, text } of news) names.set(text, [...(names.get(text) ?? []), secretName]);
  return [...names].map(([text, secretNames]) => `${secretsNamed(secretNames)}: ${text}`);
}
