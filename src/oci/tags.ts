import type { IncomingMessage } from 'node:http';
import { readJson } from './answer.ts';
import { OciProblem } from './error-model.ts';

/** One page of the tags of a repository. */
export interface TagPage {
  readonly tags: readonly string[];
  /** For the next page; undefined on the last one. Opaque: at ECR it is no tag. */
  readonly last: string | undefined;
}

/** Which page: at most `n` tags (1 to 1000) after `last`, which is that of the page before. */
export interface TagPageRequest {
  readonly n: number;
  readonly last?: string | undefined;
}

/** ECR answers 405 to more. */
const mostTags = 1000;
const longestPageBytes = 4 * 1024 * 1024;

/** The address of a page, given that of the list. */
export function tagsUrl(list: URL, { n, last }: TagPageRequest): URL {
  const url = new URL(list);
  url.searchParams.set('n', String(Math.min(mostTags, Math.max(1, Math.trunc(n)))));
  if (last !== undefined) url.searchParams.set('last', last);
  return url;
}

/** Reads an answer to `tags/list`. An empty repository has an empty list, or `null` for one. */
export async function readTagPage(response: IncomingMessage): Promise<TagPage> {
  const last = lastOfLink(response.headers.link);
  const { tags } = await readJson(response, longestPageBytes);
  const list: readonly unknown[] | undefined = Array.isArray(tags) ? tags : tags === null ? [] : undefined;
  if (list?.every((tag) => typeof tag === 'string') === true) return { tags: list, last };
  const said = 'the answer has no list of tags';
  throw new OciProblem({ code: 'ANSWER_UNREADABLE', status: response.statusCode ?? 0, said });
}

/** Only the cursor of `<url>; rel="next"` is taken: where to ask is for this client to know. */
function lastOfLink(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  const target = /<([^<>]{1,4096})>[ \t]*;[^<>]*\brel[ \t]*=[ \t]*"?next\b/i.exec(text)?.[1];
  if (target === undefined) return undefined;
  return URL.parse(target, 'https://registry.invalid')?.searchParams.get('last') ?? undefined;
}
