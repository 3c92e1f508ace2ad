import { GitHubRefusal } from '../runtime/github-refusal.js';
import { clipEnd, toOneLine } from '../runtime/text.js';

/** What a call needs, to be named when it is refused. */
export interface RequiredAccess {
  /** As under `permissions:` of a job. */
  readonly permission: 'pull-requests: write' | 'issues: write';
  /** Whether the run can have only a token that reads, whatever its permissions. */
  readonly fromFork: boolean;
}

const saidLimit = 200;

/** Why a call failed and what to do about it, as sentences. */
export function explainRefusal(error: unknown, { permission, fromFork }: RequiredAccess): string {
  if (!(error instanceof GitHubRefusal)) {
    return `${capitalize(messageOf(error))}. It does not change how the step ended; the next run tries again.`;
  }
  const { status } = error;
  const said = error.message === '' ? `${status}` : `${status} (${messageOf(error)})`;
  if (status === 401) return `GitHub answered ${said}: give a token that is valid as github-token.`;
  if (status === 429 || /rate limit/i.test(error.message)) {
    return `GitHub answered ${said}: too much was asked with this token; the next run tries again.`;
  }
  if (status === 410) return `GitHub answered ${said}: switch on issues in the settings of the repository.`;
  if (status === 403 || status === 404) {
    const missing = `the job, or the token given as github-token, needs \`permissions: ${permission}\``;
    const fork = '; this pull request comes from a fork, whose runs get a token that can only read';
    return `GitHub answered ${said}: ${missing}${fromFork ? fork : ''}.`;
  }
  return `GitHub answered ${said}. It does not change how the step ended; the next run tries again.`;
}

function messageOf(error: unknown): string {
  const text = toOneLine(error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return clipEnd(text === '' ? 'GitHub could not be reached' : text, saidLimit);
}

function capitalize(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
