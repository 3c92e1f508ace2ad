import type { GitHub, GitHubRequest, RunFacts } from '../runtime/ports.js';
import { type IssueOrComment, readIssueOrComment } from './issue-or-comment.js';
import { GitHubRefusal } from './refusal.js';

/** Reads and writes issues and comments in the repository of the run. */
export interface RepositoryClient {
  /** Returns the first match in a list; undefined without one. Requests further pages only until a match is found. */
  find(path: string, matches: (item: IssueOrComment) => boolean): Promise<IssueOrComment | undefined>;
  /** Creates or updates an issue or comment, and returns the result. */
  write(method: 'POST' | 'PATCH', path: string, body: object): Promise<IssueOrComment>;
}

/** The maximum page size ("Using pagination in the REST API" in the GitHub documentation). */
const pageSize = 100;

/**
 * Creates a client for one repository. Paths are relative to it, such as `/issues`. Each method throws GitHubRefusal
 * when the status is not a success, and the reason of the signal when it aborts.
 */
export function createRepositoryClient(
  github: GitHub,
  { repository }: Pick<RunFacts, 'repository'>,
  token: string,
  signal: AbortSignal,
): RepositoryClient {
  const send = async (request: Omit<GitHubRequest, 'token'>): Promise<{ json: unknown; nextPath?: string }> => {
    const response = await github.request({ ...request, token }, signal);
    if (response.status < 200 || response.status > 299) throw new GitHubRefusal(response);
    return response;
  };
  const inRepository = (path: string): string => `/repos/${repository}${path}`;
  return {
    async find(path, matches) {
      let next: string | undefined = inRepository(`${path}${path.includes('?') ? '&' : '?'}per_page=${pageSize}`);
      while (next !== undefined) {
        const { json, nextPath }: { json: unknown; nextPath?: string } = await send({ method: 'GET', path: next });
        const found = (Array.isArray(json) ? (json as readonly unknown[]) : []).map(readIssueOrComment).find(matches);
        if (found !== undefined) return found;
        next = nextPath;
      }
      return undefined;
    },
    async write(method, path, body) {
      const { json } = await send({ method, path: inRepository(path), body });
      return readIssueOrComment(json);
    },
  };
}
