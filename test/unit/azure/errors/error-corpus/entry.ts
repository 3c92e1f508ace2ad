import type { ErrorCode } from '../../../../../src/errors/catalogue.js';

/** A real error of az or Azure, and our code for it. Identifiers are replaced by zeros, and long texts end with `…`. */
export interface CorpusEntry {
  /** An issue or a pull request as `owner/repository#number`, or the title of a document. */
  readonly source: string;
  readonly code: ErrorCode;
  /** As az prints it, or as it is quoted. */
  readonly text?: string;
  /** The HTTP status, if the source has it. */
  readonly status?: number;
  /** The body of the response, or the object inside of it that is quoted. */
  readonly body?: object;
  /** Set if the request has a condition on the etag. */
  readonly conditional?: true;
}

/** The body of a failed operation; the same words wrap every cause. */
export function operationFailed(...details: readonly object[]): object {
  const message = "The resource operation completed with terminal provisioning state 'Failed'.";
  return { status: 'Failed', error: { code: 'ResourceOperationFailure', message, details } };
}

/**
 * The body of a failed deployment, which has the body of the inner response as text. The wrapper is that of
 * MicrosoftDocs/azure-docs#88211; in other sources its link differs.
 */
export function deploymentFailed(code: string, inner: object): object {
  const message =
    'At least one resource deployment operation failed. Please list deployment operations for details. Please see https://aka.ms/DeployOperations for usage details.';
  const details = [{ code, message: JSON.stringify(inner, null, 2).replaceAll('\n', '\r\n') }];
  return { status: 'Failed', error: { code: 'DeploymentFailed', message, details } };
}
