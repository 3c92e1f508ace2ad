import type { RepositoryIssues } from '../runtime/ports.js';
import {
  chooseComment,
  type CommentPolicy,
  findOurs,
  readMetadata,
  type CommentMetadata,
  writeMetadata,
} from './comment-metadata.js';

/** The one comment about a cluster on a pull request. */
export interface StickyComment {
  /** The number of the pull request. */
  readonly pullRequest: number;
  readonly when: CommentPolicy;
  /** The hidden line by which it is found again. */
  readonly marker: string;
  readonly stamp: CommentMetadata;
  /** What people read, as Markdown. */
  readonly text: string;
}

export interface KeptComment {
  readonly did: 'create' | 'update' | 'none';
  /** Where people read it; empty where there is none. */
  readonly url: string;
}

/**
 * Brings the comment up to date, makes it, or leaves things as they are.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function keepComment(
  issues: RepositoryIssues,
  { pullRequest, when, marker, stamp, text }: StickyComment,
): Promise<KeptComment> {
  const former = await findOurs(issues.listComments(pullRequest), marker);
  const body = `${marker}\n${writeMetadata(stamp)}\n${text}`;
  switch (chooseComment(when, stamp, former && { stamp: readMetadata(former.body) })) {
    case 'create':
      return { did: 'create', url: (await issues.addComment(pullRequest, body)).url };
    case 'update':
      return { did: 'update', url: (await issues.updateComment(former?.id ?? 0, body)).url };
    case 'none':
      return { did: 'none', url: former?.url ?? '' };
  }
}
