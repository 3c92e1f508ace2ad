import type { getOctokit } from '@actions/github';
import { GitHubRefusal } from './github-refusal.js';
import { readIssueOrComment } from './issue-or-comment.js';
import { asRecord } from './json.js';
import type { GitHub, IssueOrComment, RepositoryIssues, RunFacts } from './ports.js';

type Octokit = ReturnType<typeof getOctokit>;

/** The version of the REST API that github.com and all supported versions of GitHub Enterprise Server have. */
const apiVersion = '2022-11-28';
/** The most that a page may have ("Using pagination in the REST API" in the GitHub documentation). */
const pageSize = 100;
/** Octokit would print headers of an answer as they are. */
const silent = (): void => undefined;
const silentLog = { debug: silent, info: silent, warn: silent, error: silent };

/** GitHub's REST API through the Actions toolkit, which is loaded by the first step that writes something there. */
export function createGitHub({ apiUrl, repository }: Pick<RunFacts, 'apiUrl' | 'repository'>): GitHub {
  return {
    async issues(token, signal) {
      signal.throwIfAborted();
      const toolkit = await import('@actions/github');
      const octokit = toolkit.getOctokit(token, {
        baseUrl: apiUrl,
        userAgent: 'migratorydata-aks',
      });
      guardRequests(octokit, apiUrl, signal);
      const [owner = '', repo = ''] = repository.split('/');
      return issuesOf(octokit, { owner, repo });
    },
  };
}

function issuesOf(
  { graphql, paginate, rest }: Octokit,
  place: { readonly owner: string; readonly repo: string },
): RepositoryIssues {
  const list = { ...place, per_page: pageSize };
  const written = async (answer: Promise<{ readonly data: unknown }>): Promise<IssueOrComment> =>
    readIssueOrComment((await answer).data);
  let own: Promise<number | undefined> | undefined;
  return {
    ownId: () => (own ??= readOwnId(graphql)),
    listOpen: () => readPages(paginate.iterator(rest.issues.listForRepo, { ...list, state: 'open' })),
    listComments: issue => readPages(paginate.iterator(rest.issues.listComments, { ...list, issue_number: issue })),
    create: issue => written(rest.issues.create({ ...place, ...issue })),
    update: (issue, changes) => written(rest.issues.update({ ...place, issue_number: issue, ...changes })),
    addComment: (issue, body) => written(rest.issues.createComment({ ...place, issue_number: issue, body })),
    updateComment: (comment, body) => written(rest.issues.updateComment({ ...place, comment_id: comment, body })),
  };
}

/**
 * Returns the id of the account as which a token writes. Only GraphQL tells it to every kind of token: the token of a job
 * and of an app may not ask the REST API for a user. `databaseId` is the `id` of that API ("User" in the reference of
 * the GraphQL API). Undefined if GitHub answers and does not tell, such as a token without this permission.
 */
async function readOwnId(graphql: Octokit['graphql']): Promise<number | undefined> {
  try {
    const answer = asRecord(await graphql('{ viewer { databaseId } }'));
    const id = asRecord(answer['viewer'])['databaseId'];
    return typeof id === 'number' ? id : undefined;
  } catch (error) {
    if (error instanceof GitHubRefusal && [403, 404].includes(error.status)) return undefined;
    if (error instanceof Error && error.name === 'GraphqlResponseError') return undefined;
    throw error;
  }
}

/** Adds to every request the signal and what this API needs, and makes a refusal of every answer but a success. */
function guardRequests(octokit: Octokit, apiUrl: string, signal: AbortSignal): void {
  octokit.hook.wrap('request', async (request, options) => {
    signal.throwIfAborted();
    options.url = keepHost(options.url, apiUrl);
    options.headers['x-github-api-version'] = apiVersion;
    // A redirect could carry the token away.
    options.request = { ...options.request, signal, redirect: 'manual', log: silentLog };
    let response;
    try {
      response = await request(options);
    } catch (error) {
      signal.throwIfAborted();
      throw asRefusal(error);
    }
    // Octokit takes an answer that breaks off for an empty one.
    signal.throwIfAborted();
    if (response.status > 299) throw new GitHubRefusal(response.status, '');
    if (!isRecord(response.data)) throw new Error('GitHub answered with something other than JSON');
    return response;
  });
}

/**
 * The address of a request, on the host of the API. The address of the next page comes from a header of the answer; only
 * its path is taken, so that the token never follows a link to another host.
 */
export function keepHost(url: string, apiUrl: string): string {
  if (!URL.canParse(url)) return url;
  const { pathname, search } = new URL(url);
  return `${new URL(apiUrl).origin}${pathname}${search}`;
}

/** An error of Octokit has a response where GitHub has answered. */
function asRefusal(error: unknown): unknown {
  const response = isRecord(error) ? error['response'] : undefined;
  if (!isRecord(response) || typeof response['status'] !== 'number') return error;
  const said = isRecord(response['data']) ? response['data']['message'] : undefined;
  return new GitHubRefusal(response['status'], typeof said === 'string' ? said : '');
}

async function* readPages(
  pages: AsyncIterable<{ readonly data: readonly unknown[] }>,
): AsyncGenerator<readonly IssueOrComment[]> {
  for await (const { data } of pages) yield data.map(readIssueOrComment);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
