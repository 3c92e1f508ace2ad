import { asRecord, number, text } from './json.js';
import type { IssueOrComment } from './ports.js';

/** Reads an issue or comment from a response of the REST API. Missing fields are empty. */
export function readIssueOrComment(json: unknown): IssueOrComment {
  const fields = asRecord(json);
  const { body, html_url: url } = fields;
  return {
    id: number(fields['id']),
    number: number(fields['number']),
    body: text(body),
    url: text(url),
    authorId: number(asRecord(fields['user'])['id']),
    isPullRequest: fields['pull_request'] !== undefined,
  };
}
