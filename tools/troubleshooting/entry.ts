/** One cause behind a reason, for the troubleshooting page. */
export interface Entry {
  /** Reason of the condition. */
  readonly reason: string;
  /** What it means: sentences. */
  readonly meaning: string;
  /** What to do: a sentence. Placeholders are written `<like this>`. */
  readonly todo: string;
}

/** `a`, `b` or `c`. */
export function alternatives(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

/** As code, in a sentence. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** `{role}` of the error tables becomes `<role>`. */
export function placeholders(template: string): string {
  return template.replaceAll(/\{(\w+)\}/g, '<$1>');
}

/** The words that a pattern looks for, for patterns of words, `|` and one group. */
export function wordsOf({ source }: RegExp): string {
  const [whole, inside] = /\(\?:([^()]*)\)/.exec(source) ?? [];
  const variants =
    whole === undefined || inside === undefined
      ? source.split('|')
      : inside.split('|').map((choice) => source.replace(whole, choice));
  return alternatives(variants.map((words) => code(words.replaceAll(/[\\?]/g, ''))));
}
