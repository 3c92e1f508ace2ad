import type { Outcome } from '../journal/model.js';
import type { IssueOrComment } from '../runtime/ports.js';

/** What a comment tells of, for the step that finds it later. */
export interface CommentMetadata {
  /** Run and attempt, such as `4711/1`. */
  readonly run: string;
  readonly operation: string;
  readonly outcome: string;
}

/** The hidden line of a stamp. */
export function writeMetadata({ run, operation, outcome }: CommentMetadata): string {
  return `<!-- run ${run} ${operation} ${outcome} -->`;
}

/** The stamp of a comment; undefined when somebody has changed it beyond recognition. */
export function readMetadata(body: string): CommentMetadata | undefined {
  const [, run, operation, outcome] = /^<!-- run (\S+) (\S+) (\S+) -->\r?$/m.exec(body) ?? [];
  return run === undefined || operation === undefined || outcome === undefined
    ? undefined
    : { run, operation, outcome };
}

/** When a comment is made; one that is there is kept up to date in both cases. */
export type CommentPolicy = 'on-failure' | 'always';

const good: Outcome = 'success';

/**
 * Chooses what to do about the comment on a pull request. A success replaces what an earlier run left there, so that it
 * does not go stale, but not the failure of another step of its own run: that a teardown succeeds after a deployment has
 * failed is not the news.
 */
export function chooseComment(
  when: CommentPolicy,
  news: CommentMetadata,
  former: { readonly stamp: CommentMetadata | undefined } | undefined,
): 'create' | 'update' | 'none' {
  if (former === undefined) return news.outcome === good && when === 'on-failure' ? 'none' : 'create';
  return news.outcome === good && isNews(former.stamp, news) ? 'none' : 'update';
}

function isNews(former: CommentMetadata | undefined, { run, operation }: CommentMetadata): boolean {
  return former !== undefined && former.run === run && former.operation !== operation && former.outcome !== good;
}

/**
 * The hidden first line by which a post of ours is found again. It is made of the words that tell it from other posts;
 * they are encoded, so that none of them can end the line or the comment in HTML.
 */
export function markerOf(words: string): string {
  return `<!-- migratorydata-aks: ${words.split('/').map(encodeURIComponent).join('/')} -->`;
}

/**
 * Whether a post is ours: it begins with the marker, and no outsider wrote it. Everybody may comment on a public
 * repository, and whoever wrote a post may change it afterwards, so the marker alone proves nothing.
 */
export function isOurComment({ body, trusted }: IssueOrComment, marker: string): boolean {
  return trusted && body.trimStart().startsWith(marker);
}

/** The first issue or comment of ours in a list; later pages are asked for only while it was not found. */
export async function findOurs(
  pages: AsyncIterable<readonly IssueOrComment[]>,
  marker: string,
): Promise<IssueOrComment | undefined> {
  for await (const page of pages) {
    const found = page.find(each => !each.isPullRequest && isOurComment(each, marker));
    if (found !== undefined) return found;
  }
  return undefined;
}
