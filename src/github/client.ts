import type { GitHub, GitHubRequest, RunFacts } from '../runtime/ports.js';
import { type IssueOrComment, readIssueOrComment } from './issue-or-comment.js';
import { GitHubRefusal } from './refusal.js';

/** The repository of the run on GitHub, as the holder of a token may see and change it. */
export interface RepositoryClient {
  /** The first post of a list that is looked for; later pages are asked for only while it was not found. */
  find(path: string, isWanted: (post: IssueOrComment) => boolean): Promise<IssueOrComment | undefined>;
  /** Makes or changes a post, and gives it as it is then. */
  write(method: 'POST' | 'PATCH', path: string, body: object): Promise<IssueOrComment>;
}

/** The most that a page may have ("Using pagination in the REST API" in the GitHub documentation). */
const pageSize = 100;

/**
 * A client for one repository. Paths begin below it, such as `/issues`. Every method throws GitHubRefusal for an answer
 * other than success, and the signal's reason when it aborts.
 */
export function createRepositoryClient(
  github: GitHub,
  { repository }: Pick<RunFacts, 'repository'>,
  token: string,
  signal: AbortSignal,
): RepositoryClient {
  const ask = async (request: Omit<GitHubRequest, 'token'>): Promise<{ json: unknown; nextPath?: string }> => {
    const answer = await github.request({ ...request, token }, signal);
    if (answer.status < 200 || answer.status > 299) throw new GitHubRefusal(answer);
    return answer;
  };
  const below = (path: string): string => `/repos/${repository}${path}`;
  return {
    async find(path, isWanted) {
      let next: string | undefined = below(`${path}${path.includes('?') ? '&' : '?'}per_page=${pageSize}`);
      while (next !== undefined) {
        const { json, nextPath }: { json: unknown; nextPath?: string } = await ask({ method: 'GET', path: next });
        const found = (Array.isArray(json) ? (json as readonly unknown[]) : []).map(readIssueOrComment).find(isWanted);
        if (found !== undefined) return found;
        next = nextPath;
      }
      return undefined;
    },
    async write(method, path, body) {
      const { json } = await ask({ method, path: below(path), body });
      return readIssueOrComment(json);
    },
  };
}
