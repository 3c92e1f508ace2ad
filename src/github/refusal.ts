import { GitHubRefusal } from '../runtime/github-refusal.js';
import { clipEnd, toOneLine } from '../runtime/text.js';
import { reasonOf } from '../runtime/thrown.js';

/** The access that a call needs, for the message when it is refused. */
export interface RequiredAccess {
  /** As in `permissions:` of a job. */
  readonly permission: 'pull-requests: write' | 'issues: write';
  /** True when the token of the run is read-only, whatever its permissions. */
  readonly fromFork: boolean;
}

const messageLimit = 200;

/** Returns why a call failed and what to do, as sentences. */
export function explainRefusal(error: unknown, { permission, fromFork }: RequiredAccess): string {
  if (!(error instanceof GitHubRefusal)) {
    return `${capitalize(messageOf(error))}. The outcome of the step does not change; the next run tries again.`;
  }
  const { status } = error;
  const answer = error.message === '' ? `${status}` : `${status} (${messageOf(error)})`;
  if (status === 401) return `GitHub answered ${answer}: set github-token to a valid token.`;
  if (status === 429 || /rate limit/i.test(error.message)) {
    return `GitHub answered ${answer}: the rate limit of this token is exceeded; the next run tries again.`;
  }
  if (status === 410) return `GitHub answered ${answer}: turn on issues in the settings of the repository.`;
  if (status === 403 || status === 404) {
    const missing = `the job, or the token in github-token, needs \`permissions: ${permission}\``;
    const fork = '; this pull request comes from a fork, whose runs get a read-only token';
    return `GitHub answered ${answer}: ${missing}${fromFork ? fork : ''}.`;
  }
  return `GitHub answered ${answer}. The outcome of the step does not change; the next run tries again.`;
}

function messageOf(error: unknown): string {
  const text = toOneLine(reasonOf(error)).replace(/\.$/, '');
  return clipEnd(text === '' ? 'GitHub could not be reached' : text, messageLimit);
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
