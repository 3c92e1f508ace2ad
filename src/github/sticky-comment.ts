import type { RepositoryIssues } from '../runtime/ports.js';
import {
  chooseComment,
  type CommentPolicy,
  findOurs,
  readMetadata,
  type CommentMetadata,
  writeMetadata,
} from './comment-metadata.js';

/** The only comment about a cluster on a pull request. */
export interface StickyComment {
  /** The number of the pull request. */
  readonly pullRequest: number;
  readonly when: CommentPolicy;
  /** The hidden line that identifies it. */
  readonly marker: string;
  readonly metadata: CommentMetadata;
  /** The visible text, as Markdown. */
  readonly text: string;
}

/** The result of `keepComment`. */
export interface KeptComment {
  readonly did: 'create' | 'update' | 'none';
  /** The URL of the comment; empty without a comment. */
  readonly url: string;
}

/**
 * Creates or updates the comment, or does nothing.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function keepComment(
  issues: RepositoryIssues,
  { pullRequest, when, marker, metadata, text }: StickyComment,
): Promise<KeptComment> {
  const former = await findOurs(issues, issues.listComments(pullRequest), marker);
  const body = `${marker}\n${writeMetadata(metadata)}\n${text}`;
  switch (chooseComment(when, metadata, former && { metadata: readMetadata(former.body) })) {
    case 'create':
      return { did: 'create', url: (await issues.addComment(pullRequest, body)).url };
    case 'update':
      return { did: 'update', url: (await issues.updateComment(former?.id ?? 0, body)).url };
    case 'none':
      return { did: 'none', url: former?.url ?? '' };
  }
}
