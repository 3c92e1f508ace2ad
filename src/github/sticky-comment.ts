import type { RepositoryClient } from './client.js';
import {
  chooseComment,
  type CommentPolicy,
  isOurComment,
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
 * Brings the comment up to date, makes it, or leaves things as they are. The calls are those of "REST API endpoints for
 * issue comments" in the GitHub documentation: a pull request is an issue there.
 * @throws GitHubRefusal, and what the client throws.
 */
export async function keepComment(
  client: RepositoryClient,
  { pullRequest, when, marker, stamp, text }: StickyComment,
): Promise<KeptComment> {
  const comments = `/issues/${pullRequest}/comments`;
  const former = await client.find(comments, post => isOurComment(post, marker));
  const body = `${marker}\n${writeMetadata(stamp)}\n${text}`;
  switch (chooseComment(when, stamp, former && { stamp: readMetadata(former.body) })) {
    case 'create':
      return { did: 'create', url: (await client.write('POST', comments, { body })).url };
    case 'update':
      return { did: 'update', url: (await client.write('PATCH', `/issues/comments/${former?.id ?? 0}`, { body })).url };
    case 'none':
      return { did: 'none', url: former?.url ?? '' };
  }
}
