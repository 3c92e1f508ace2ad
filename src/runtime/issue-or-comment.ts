import { asRecord, text } from './json.js';
import type { IssueOrComment } from './ports.js';

/** Authors who can run a workflow of the repository with their own token ("CommentAuthorAssociation" there). */
const insiders: readonly unknown[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

/** Reads an issue or comment from a response of the REST API. Missing fields are empty. */
export function readIssueOrComment(json: unknown): IssueOrComment {
  const fields = asRecord(json);
  const { id, number, body, html_url: url } = fields;
  return {
    id: typeof id === 'number' ? id : 0,
    number: typeof number === 'number' ? number : 0,
    body: text(body),
    url: text(url),
    // The token of a job writes as a bot, and a personal token as a person who belongs to the repository.
    trusted: asRecord(fields['user'])['type'] === 'Bot' || insiders.includes(fields['author_association']),
    isPullRequest: fields['pull_request'] !== undefined,
  };
}
