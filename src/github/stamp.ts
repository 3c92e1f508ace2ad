import type { Outcome } from '../journal/model.js';

/** What a comment tells of, for the step that finds it later. */
export interface Stamp {
  /** Run and attempt, such as `4711/1`. */
  readonly run: string;
  readonly operation: string;
  readonly outcome: string;
}

/** The hidden line of a stamp. */
export function writeStamp({ run, operation, outcome }: Stamp): string {
  return `<!-- run ${run} ${operation} ${outcome} -->`;
}

/** The stamp of a comment; undefined when somebody has changed it beyond recognition. */
export function readStamp(body: string): Stamp | undefined {
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
  news: Stamp,
  former: { readonly stamp: Stamp | undefined } | undefined,
): 'create' | 'update' | 'none' {
  if (former === undefined) return news.outcome === good && when === 'on-failure' ? 'none' : 'create';
  return news.outcome === good && isNews(former.stamp, news) ? 'none' : 'update';
}

function isNews(former: Stamp | undefined, { run, operation }: Stamp): boolean {
  return former !== undefined && former.run === run && former.operation !== operation && former.outcome !== good;
}
