import type { PullRequest } from './ports.js';

/**
 * Returns the pull request that a run belongs to: from the event payload ("Webhook events and payloads" in the GitHub
 * documentation), else from a ref such as `refs/pull/7/merge`. A comment on a pull request is an issue event whose
 * issue has the key `pull_request`. Undefined if the run belongs to none.
 */
export function findPullRequest(event: unknown, ref: string): PullRequest | undefined {
  const pullRequest = fieldOf(event, 'pull_request');
  const issue = fieldOf(event, 'issue');
  const commented = fieldOf(issue, 'pull_request') === undefined ? undefined : issue;
  const number = numberOf(pullRequest) ?? numberOf(commented) ?? numberIn(ref);
  return number === undefined ? undefined : { number, fromFork: isFromFork(pullRequest) };
}

function isFromFork(pullRequest: unknown): boolean {
  const [head, base] = ['head', 'base'].map(side => fieldOf(fieldOf(fieldOf(pullRequest, side), 'repo'), 'full_name'));
  return base !== undefined && head !== base;
}

function numberIn(ref: string): number | undefined {
  const [, digits] = /^refs\/pull\/([1-9]\d*)\/(?:merge|head)$/.exec(ref) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

function numberOf(thing: unknown): number | undefined {
  const number = fieldOf(thing, 'number');
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

function fieldOf(thing: unknown, name: string): unknown {
  return typeof thing === 'object' && thing !== null ? (thing as Readonly<Record<string, unknown>>)[name] : undefined;
}
