import type { Journal } from '../journal/journal.js';
import type { Outcome } from '../journal/model.js';
import { redactReport } from '../journal/redaction.js';
import { renderComment } from '../report/comment-body.js';
import type { Ports } from '../runtime/ports.js';
import { toOneLine } from '../runtime/text.js';
import { markerOf } from './comment-metadata.js';
import { explainRefusal } from './refusal.js';
import { runUrl } from './run-url.js';
import { keepComment, type KeptComment } from './sticky-comment.js';
import { withinTime } from './within-time.js';

/** How long the comment may take, in milliseconds: nobody waits for it. */
const commentTimeMs = 10_000;

export interface Telling {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly redact: (text: string) => string;
  /** Aborts when a cancelled step has no time left. */
  readonly late: AbortSignal;
}

/** What the inputs say about the comment. */
export interface CommentOptions {
  readonly comment: PullRequestComment;
  /** Absent: none can be written. */
  readonly githubToken?: string;
  readonly dryRun: boolean;
}

const deeds: Readonly<Record<KeptComment['did'], string>> = {
  create: 'commented',
  update: 'brought the comment up to date',
  none: 'left things as they are',
};

/**
 * Tells the pull request of the run how the step ended, where the inputs want it; a dry run has nothing to tell. What
 * goes wrong is a warning: it never changes the outcome.
 */
export async function commentOnPullRequest(
  { ports, journal, redact, late }: Telling,
  { comment, githubToken, dryRun }: CommentOptions,
  outcome: Outcome,
): Promise<void> {
  const { when, cluster } = comment;
  if (when === 'never' || dryRun) return;
  const { github, log, run } = ports;
  const { pullRequest } = run;
  if (pullRequest === undefined) {
    log.info(
      `pull-request-comment is ${when}, but this run belongs to no pull request: there is nothing to comment on.`,
    );
    return;
  }
  const where = `pull request ${pullRequest.number}`;
  if (githubToken === undefined) {
    // No error: nothing that the author of such a pull request could do would bring a token.
    const remedy = 'Give it ${{ github.token }} or a secret; runs from forks and of Dependabot get no secrets';
    log.warning(`The comment on ${where} was not written, for github-token is empty. ${remedy}, and go without it.`);
    return;
  }
  const report = redactReport(journal.report, redact);
  const sticky = {
    pullRequest: pullRequest.number,
    when,
    marker: markerOf(redact(cluster)),
    stamp: { run: `${run.runId}/${run.attempt}`, operation: report.operation, outcome },
    text: renderComment(report, { cluster: redact(cluster), runUrl: runUrl(run) }),
  };
  try {
    const { did, url } = await withinTime(commentTimeMs, late, async signal =>
      keepComment(await github.issues(githubToken, signal), sticky),
    );
    log.info(redact(toOneLine(`On ${where} the step ${deeds[did]}. ${url}`)));
  } catch (error) {
    const needs = { permission: 'pull-requests: write', fromFork: pullRequest.fromFork } as const;
    log.warning(redact(`The comment on ${where} could not be written. ${explainRefusal(error, needs)}`));
  }
}

/** When one comment about the cluster is left on the pull request. */
export interface PullRequestComment {
  readonly when: 'never' | 'on-failure' | 'always';
  /** The cluster in words that are the same in each run: the comment of an earlier run is found by them. */
  readonly cluster: string;
}
