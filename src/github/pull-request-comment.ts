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

/** The time limit of the comment, in milliseconds: it must not delay the step. */
const commentTimeMs = 10_000;

export interface CommentContext {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly redact: (text: string) => string;
  /** Aborts when a cancelled step has no time left. */
  readonly late: AbortSignal;
}

/** When to write the comment about the cluster on the pull request. */
export interface PullRequestComment {
  readonly when: 'never' | 'on-failure' | 'always';
  /** The cluster, with the same text in each run: it identifies the comment of an earlier run. */
  readonly cluster: string;
}

/** The inputs for the comment. */
export interface CommentOptions {
  readonly comment: PullRequestComment;
  /** Absent when the run has no token, so that no comment can be written. */
  readonly githubToken?: string;
  readonly dryRun: boolean;
}

const results: Readonly<Record<KeptComment['did'], string>> = {
  create: 'was created',
  update: 'was updated',
  none: 'needs no change',
};

/**
 * Writes the outcome of the step as a comment on the pull request of the run, if the inputs ask for it. A dry run
 * writes no comment. A failure is only a warning, and never changes the outcome.
 */
export async function commentOnPullRequest(
  { ports, journal, redact, late }: CommentContext,
  { comment, githubToken, dryRun }: CommentOptions,
  outcome: Outcome,
): Promise<void> {
  const { when, cluster } = comment;
  if (when === 'never' || dryRun) return;
  const { github, log, run } = ports;
  const { pullRequest } = run;
  if (pullRequest === undefined) {
    log.info(
      `pull-request-comment is ${when}, but this run does not belong to a pull request: there is nothing to comment on.`,
    );
    return;
  }
  const where = `pull request ${pullRequest.number}`;
  if (githubToken === undefined) {
    // Not an error: the author of a pull request from a fork cannot provide a token.
    const remedy = 'Set it to ${{ github.token }} or a secret; runs from forks and of Dependabot get no secrets';
    log.warning(
      `The comment on ${where} was not written because github-token is empty. ${remedy} and write no comment.`,
    );
    return;
  }
  const report = redactReport(journal.report, redact);
  const sticky = {
    pullRequest: pullRequest.number,
    when,
    marker: markerOf(redact(cluster)),
    metadata: { run: `${run.runId}/${run.attempt}`, operation: report.operation, outcome },
    text: renderComment(report, { cluster: redact(cluster), runUrl: runUrl(run) }),
  };
  try {
    const { did, url } = await withinTime(commentTimeMs, late, async signal =>
      keepComment(await github.issues(githubToken, signal), sticky),
    );
    log.info(redact(toOneLine(`The comment on ${where} ${results[did]}. ${url}`)));
  } catch (error) {
    const needs = { permission: 'pull-requests: write', fromFork: pullRequest.fromFork } as const;
    log.warning(redact(`The comment on ${where} could not be written. ${explainRefusal(error, needs)}`));
  }
}
