import { ActionError } from '../../errors/action-error.js';
import { asRecord, text } from '../../runtime/json.js';
import type { HttpsResponse } from '../../runtime/ports.js';
import { parseArmError } from '../errors/error-body.js';
import { armError } from '../errors/errors.js';
import { requestIds, retryAfterMs } from './send.js';

/** The state of a long-running operation. */
export type OperationState =
  | { readonly state: 'running'; readonly pauseMs: number | undefined }
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly error: ActionError };

/**
 * Returns the URL that tells the state of the operation that a write has started; undefined if it has ended. See "Track
 * asynchronous Azure operations" in the Azure Resource Manager documentation: `Azure-AsyncOperation` comes before
 * `Location`.
 */
export function operationUrl({ status, headers }: HttpsResponse): string | undefined {
  if (status === 204) return undefined;
  return headers['azure-asyncoperation'] ?? (status === 202 ? headers['location'] : undefined);
}

/** Returns the state of an operation from the response of its URL. */
export function readOperation(response: HttpsResponse, why: string): OperationState {
  if (response.status === 202) return { state: 'running', pauseMs: retryAfterMs(response) };
  const status = statusIn(response.text);
  switch (status.toLowerCase()) {
    // A Location responds without a status when the operation has ended.
    case '':
    case 'succeeded':
      return { state: 'ended' };
    case 'failed':
    case 'canceled':
    case 'cancelled':
      return { state: 'failed', error: operationError(response, why) };
    default:
      return { state: 'running', pauseMs: retryAfterMs(response) };
  }
}

function statusIn(body: string): string {
  try {
    return text(asRecord(JSON.parse(body))['status']);
  } catch {
    return '';
  }
}

function operationError(response: HttpsResponse, why: string): ActionError {
  const { text: body } = response;
  if (parseArmError(body) === undefined) {
    const message = `Could not ${why}: the operation ended in state ${statusIn(body)}, and Azure gives no reason.`;
    return new ActionError('azure-failed', message, { evidence: body });
  }
  // The response itself succeeded: it has no status that says why the operation failed.
  return armError({ why, status: 0, body, conditional: false, ...requestIds(response) });
}
