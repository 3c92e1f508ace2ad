import type { IssueOrComment } from './ports.js';

/** Who may have run a workflow of the repository with a token of their own ("CommentAuthorAssociation" there). */
const insiders: readonly unknown[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

/** Reads an issue or a comment from an answer of the REST API; what is missing is empty. */
export function readIssueOrComment(json: unknown): IssueOrComment {
  const fields = asRecord(json);
  const { id, number, body, html_url: url } = fields;
  return {
    id: typeof id === 'number' ? id : 0,
    number: typeof number === 'number' ? number : 0,
    body: typeof body === 'string' ? body : '',
    url: typeof url === 'string' ? url : '',
    // The token of a job writes as a bot; a personal token as a person who belongs to the repository.
    trusted: asRecord(fields['user'])['type'] === 'Bot' || insiders.includes(fields['author_association']),
    isPullRequest: fields['pull_request'] !== undefined,
  };
}

function asRecord(json: unknown): Readonly<Record<string, unknown>> {
  return typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
}
