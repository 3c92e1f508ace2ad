import type { RepositoryIssues } from '../runtime/ports.js';
import { findOurs } from './comment-metadata.js';

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
 * Creates the issue, or updates the open one, and returns its URL.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function raiseIssue(
  issues: RepositoryIssues,
  { marker, title, text }: StandingIssue,
): Promise<{ readonly did: 'create' | 'update'; readonly url: string }> {
  const body = `${marker}\n${text}`;
  const open = await findOurs(issues, issues.listOpen(), marker);
  return open === undefined
    ? { did: 'create', url: (await issues.create({ title, body })).url }
    : { did: 'update', url: (await issues.update(open.number, { body })).url };
}

/**
 * Closes the open issue as completed, with a comment that says why. Returns its URL; undefined when none is open.
 * @throws GitHubRefusal, and the reason of the signal.
 */
export async function closeIssue(
  issues: RepositoryIssues,
  marker: string,
  comment: string,
): Promise<string | undefined> {
  const open = await findOurs(issues, issues.listOpen(), marker);
  if (open === undefined) return undefined;
  await issues.addComment(open.number, comment);
  return (await issues.update(open.number, { state: 'closed', state_reason: 'completed' })).url;
}
