import type { Outcome } from '../journal/model.js';
import type { IssueOrComment, RepositoryIssues } from '../runtime/ports.js';
import { toPlainText } from '../runtime/text.js';

/** The step that wrote a comment, for later steps that find the comment. */
export interface CommentMetadata {
  /** Run and attempt, such as `4711/1`. */
  readonly run: string;
  readonly operation: string;
  readonly outcome: string;
}

/** Returns the metadata as a hidden line. */
export function writeMetadata({ run, operation, outcome }: CommentMetadata): string {
  return `<!-- run ${run} ${operation} ${outcome} -->`;
}

/** Returns the metadata of a comment; undefined when it has none, for example after an edit. */
export function readMetadata(body: string): CommentMetadata | undefined {
  const [, run, operation, outcome] = /^<!-- run (\S+) (\S+) (\S+) -->\r?$/m.exec(body) ?? [];
  return run === undefined || operation === undefined || outcome === undefined
    ? undefined
    : { run, operation, outcome };
}

/** When to create a comment. An existing comment is updated in both cases. */
export type CommentPolicy = 'on-failure' | 'always';

const success: Outcome = 'success';

/**
 * Chooses what to do with the comment on a pull request. A success replaces the comment of an earlier run, which would
 * be out of date, but not the failure of another step of the same run: the success of a teardown must not replace the
 * failure of the deployment.
 */
export function chooseComment(
  when: CommentPolicy,
  current: CommentMetadata,
  former: { readonly metadata: CommentMetadata | undefined } | undefined,
): 'create' | 'update' | 'none' {
  if (former === undefined) return current.outcome === success && when === 'on-failure' ? 'none' : 'create';
  return current.outcome === success && isFailureOfSameRun(former.metadata, current) ? 'none' : 'update';
}

/** Returns whether another step of the same run has failed. */
function isFailureOfSameRun(former: CommentMetadata | undefined, { run, operation }: CommentMetadata): boolean {
  return former !== undefined && former.run === run && former.operation !== operation && former.outcome !== success;
}

/**
 * Returns the hidden first line that identifies an issue or comment of the action. `words` distinguish it from others;
 * they are encoded, so that they cannot end the line or the HTML comment.
 */
export function markerOf(words: string): string {
  return `<!-- migratorydata-aks: ${toPlainText(words).split('/').map(encodeURIComponent).join('/')} -->`;
}

/**
 * Returns the first issue or comment that starts with the marker and that the same account wrote; later pages are asked
 * for only while it was not found. The marker alone proves nothing: anyone who may comment can copy it, other bots and
 * members of the repository too. If GitHub does not tell who we are, none is ours, so that a new one is written.
 */
export async function findOurs(
  { ownId }: Pick<RepositoryIssues, 'ownId'>,
  pages: AsyncIterable<readonly IssueOrComment[]>,
  marker: string,
): Promise<IssueOrComment | undefined> {
  for await (const page of pages) {
    for (const each of page) {
      if (each.isPullRequest || !each.body.trimStart().startsWith(marker)) continue;
      const own = await ownId();
      if (own === undefined) return undefined;
      if (each.authorId === own) return each;
    }
  }
  return undefined;
}
