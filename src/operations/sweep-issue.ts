import { markerOf } from '../github/comment-metadata.js';
import { closeIssue, raiseIssue } from '../github/issue.js';
import { explainRefusal } from '../github/refusal.js';
import { runUrl } from '../github/run-url.js';
import { withinTime } from '../github/within-time.js';
import type { Note } from '../journal/journal.js';
import { type Leftover, leftoversTitle, renderLeftovers, renderNothingLeft } from '../report/leftovers.js';
import { toOneLine } from '../runtime/text.js';
import type { Context } from '../step-context/context.js';

/** How long the issue may take, in milliseconds: a repository may have thousands of open issues to search. */
const issueTimeMs = 30_000;

/** The scope of a sweep. Sweeps with different scopes must not close each other's issue. */
export interface SweepScope {
  readonly subscriptionId: string;
  readonly repositories: readonly string[];
}

/**
 * Keeps an issue open as long as an expired resource cannot be deleted, and closes it when nothing is left. An error
 * with the issue is only a warning, because the sweep itself is done.
 * @throws the reason of the signal when the step must end.
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
  const noteIssue = (what: string, url: string): void => {
    note(redact(toOneLine(`The issue about leftovers was ${what}. ${url}`)));
  };
  try {
    await withinTime(issueTimeMs, signal, async limit => {
      const issues = await ports.github.issues(token, limit);
      if (left.length === 0) {
        const url = await closeIssue(issues, marker, renderNothingLeft(place));
        if (url !== undefined) noteIssue('closed', url);
        return;
      }
      const hidden = left.map(({ what, why, remedy }) => ({
        what: redact(what),
        why: redact(why),
        remedy: redact(remedy),
      }));
      const issue = { marker, title: leftoversTitle, text: renderLeftovers(hidden, place) };
      const { did, url } = await raiseIssue(issues, issue);
      noteIssue(did === 'create' ? 'opened' : 'updated', url);
    });
  } catch (error) {
    signal.throwIfAborted();
    const why = explainRefusal(error, { permission: 'issues: write', fromFork: false });
    journal.warn(redact(`The issue about leftovers could not be written. ${why}`));
  }
}
