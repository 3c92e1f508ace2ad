import type { RepositoryClient } from './client.js';
import { isOurComment } from './comment-metadata.js';
import type { IssueOrComment } from './issue-or-comment.js';

/** The only open issue about a lasting problem. */
export interface StandingIssue {
  /** The hidden line that identifies it. */
  readonly marker: string;
  /** Set at creation only, because people may change it. */
  readonly title: string;
  /** The visible text, as Markdown. */
  readonly text: string;
}

/**
 * Creates the issue, or updates the open one, and returns its URL. The calls are described in "REST API endpoints for
 * issues" in the GitHub documentation.
 * @throws GitHubRefusal, and what the client throws.
 */
export async function raiseIssue(
  client: RepositoryClient,
  { marker, title, text }: StandingIssue,
): Promise<{ readonly did: 'create' | 'update'; readonly url: string }> {
  const body = `${marker}\n${text}`;
  const open = await findOpen(client, marker);
  return open === undefined
    ? { did: 'create', url: (await client.write('POST', '/issues', { title, body })).url }
    : { did: 'update', url: (await client.write('PATCH', `/issues/${open.number}`, { body })).url };
}

/**
 * Closes the open issue as completed, with a comment that says why. Returns its URL; undefined when none is open.
 * @throws GitHubRefusal, and what the client throws.
 */
export async function closeIssue(
  client: RepositoryClient,
  marker: string,
  comment: string,
): Promise<string | undefined> {
  const open = await findOpen(client, marker);
  if (open === undefined) return undefined;
  await client.write('POST', `/issues/${open.number}/comments`, { body: comment });
  const closed = await client.write('PATCH', `/issues/${open.number}`, { state: 'closed', state_reason: 'completed' });
  return closed.url;
}

function findOpen(client: RepositoryClient, marker: string): Promise<IssueOrComment | undefined> {
  return client.find('/issues?state=open', issue => !issue.isPullRequest && isOurComment(issue, marker));
}
