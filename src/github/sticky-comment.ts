import type { RepositoryClient } from './client.js';
import {
  chooseComment,
  type CommentPolicy,
  isOurComment,
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
 * Creates or updates the comment, or does nothing. The calls are described in "REST API endpoints for issue comments"
 * in the GitHub documentation, where a pull request is an issue.
 * @throws GitHubRefusal, and what the client throws.
 */
export async function keepComment(
  client: RepositoryClient,
  { pullRequest, when, marker, metadata, text }: StickyComment,
): Promise<KeptComment> {
  const comments = `/issues/${pullRequest}/comments`;
  const former = await client.find(comments, comment => isOurComment(comment, marker));
  const body = `${marker}\n${writeMetadata(metadata)}\n${text}`;
  switch (chooseComment(when, metadata, former && { metadata: readMetadata(former.body) })) {
    case 'create':
      return { did: 'create', url: (await client.write('POST', comments, { body })).url };
    case 'update':
      return { did: 'update', url: (await client.write('PATCH', `/issues/comments/${former?.id ?? 0}`, { body })).url };
    case 'none':
      return { did: 'none', url: former?.url ?? '' };
  }
}
