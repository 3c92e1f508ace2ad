import type { ActivityLog } from './activity-log.js';
import type { ClusterHost } from './host.js';
import type { Answer, ArmRequest } from './messages.js';
import { subscriptionId } from './names.js';
import type { Operation, Operations } from './operations.js';
import type { Settings } from './settings.js';
import type { State } from './state.js';

/** What the handlers of all resource types share. */
export interface Arm {
  readonly state: State;
  readonly settings: Settings;
  readonly host: ClusterHost;
  readonly operations: Operations;
  readonly activity: ActivityLog;
}

/** Returns the headers that set the poll interval of a client. */
export function pace(arm: Arm): Readonly<Record<string, string>> {
  const { pollAfterMs } = arm.settings;
  return pollAfterMs === undefined ? {} : { 'retry-after-ms': String(pollAfterMs) };
}

/**
 * Returns the response that makes a client poll. az prefers `Azure-AsyncOperation`; a 202 has `Location` too (ARM,
 * "Track asynchronous Azure operations").
 */
export function accepted(
  arm: Arm,
  request: ArmRequest,
  operation: Operation,
  { namespace, location, status, body }: { namespace: string; location: string; status: number; body?: unknown },
): Answer {
  const version = `api-version=${request.query.get('api-version') ?? ''}`;
  const compute = namespace === 'Microsoft.Compute';
  // ARM signs these addresses: a client must use them as they are.
  const query = compute ? version : `api-version=2025-03-01&t=639208165550788454&c=certificate&s=signature&h=hash`;
  const result = compute
    ? `operations/${operation.id}?monitor=true&${query}`
    : `operationresults/${operation.id}?${query}`;
  const base = `${request.origin}/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}`;
  const headers = {
    'azure-asyncoperation': `${base}/operations/${operation.id}?${query}`,
    ...(status === 202 && { location: `${base}/${result}` }),
    ...pace(arm),
  };
  return { status, headers, body };
}
