import type { RepositoryIssues } from '../runtime/ports.js';
import { findOurs } from './comment-metadata.js';

/** The one open issue about something that lasts. */
export interface StandingIssue {
  /** The hidden line by which it is found again. */
  readonly marker: string;
  /** Given once: people may change it. */
  readonly title: string;
  /** What people read, as Markdown. */
  readonly text: string;
}

/**
 * Opens the issue, or brings the open one up to date; gives its address.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function raiseIssue(
  issues: RepositoryIssues,
  { marker, title, text }: StandingIssue,
): Promise<{ readonly did: 'create' | 'update'; readonly url: string }> {
  const body = `${marker}\n${text}`;
  const open = await findOurs(issues.listOpen(), marker);
  return open === undefined
    ? { did: 'create', url: (await issues.create({ title, body })).url }
    : { did: 'update', url: (await issues.update(open.number, { body })).url };
}

/**
 * Closes the open issue as completed, with a comment that says why; gives its address, or undefined where none is open.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function closeIssue(
  issues: RepositoryIssues,
  marker: string,
  comment: string,
): Promise<string | undefined> {
  const open = await findOurs(issues.listOpen(), marker);
  if (open === undefined) return undefined;
  await issues.addComment(open.number, comment);
  return (await issues.update(open.number, { state: 'closed', state_reason: 'completed' })).url;
}
