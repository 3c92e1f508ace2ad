import { markerOf } from '../github/comment-metadata.js';
import { closeIssue, raiseIssue } from '../github/issue.js';
import { explainRefusal } from '../github/refusal.js';
import { runUrl } from '../github/run-url.js';
import { withinTime } from '../github/within-time.js';
import type { Note } from '../journal/journal.js';
import { type Leftover, leftoversTitle, renderLeftovers, renderNothingLeft } from '../report/leftovers.js';
import { toOneLine } from '../runtime/text.js';
import type { Context } from '../step-context/context.js';

/** How long the issue may take, in milliseconds: a repository may have thousands of open ones to look through. */
const issueTimeMs = 30_000;

/** What a sweep looked through: two sweeps of different things must not close the issue of one another. */
export interface SweepScope {
  readonly subscriptionId: string;
  readonly repositories: readonly string[];
}

/**
 * Keeps one open issue as long as something expired cannot be deleted, and closes it when nothing is left. What goes
 * wrong with it is a warning: the sweep has done its work. @throws the signal's reason when the step is to end.
 */
export async function reportLeftovers(
  { ports, journal, signal, redact }: Context,
  { subscriptionId, repositories }: SweepScope,
  token: string,
  left: readonly Leftover[],
  note: Note,
): Promise<void> {
  const marker = markerOf(redact(['sweep', subscriptionId, ...[...repositories].sort()].join('/')));
  const place = { lookedAt: ports.clock.date().toISOString(), runUrl: runUrl(ports.run) };
  const tell = (what: string, url: string): void => {
    note(redact(toOneLine(`The issue about what is left was ${what}. ${url}`)));
  };
  try {
    await withinTime(issueTimeMs, signal, async limit => {
      const issues = await ports.github.issues(token, limit);
      if (left.length === 0) {
        const url = await closeIssue(issues, marker, renderNothingLeft(place));
        if (url !== undefined) tell('closed', url);
        return;
      }
      const hidden = left.map(({ what, why, remedy }) => ({
        what: redact(what),
        why: redact(why),
        remedy: redact(remedy),
      }));
      const issue = { marker, title: leftoversTitle, text: renderLeftovers(hidden, place) };
      const { did, url } = await raiseIssue(issues, issue);
      tell(did === 'create' ? 'opened' : 'brought up to date', url);
    });
  } catch (error) {
    signal.throwIfAborted();
    const why = explainRefusal(error, { permission: 'issues: write', fromFork: false });
    journal.warn(redact(`The issue about what the sweep has left could not be written. ${why}`));
  }
}
