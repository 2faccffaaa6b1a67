/** What a stage is about: the leg, where there are several, and what of it. */
export function subjectOf(leg: { readonly subject: string | undefined }, what?: string): string | undefined {
  const parts = [leg.subject, what].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(': ');
}
