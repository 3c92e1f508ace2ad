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

/** The headers that pace a client's polls. */
export function pace(arm: Arm): Readonly<Record<string, string>> {
  const { pollAfterMs } = arm.settings;
  return pollAfterMs === undefined ? {} : { 'retry-after-ms': String(pollAfterMs) };
}

/**
 * The answer that starts a client's polling. `Azure-AsyncOperation` is what az prefers; an answer of 202 carries
 * `Location` too (ARM, "Track asynchronous Azure operations").
 */
export function accepted(
  arm: Arm,
  request: ArmRequest,
  operation: Operation,
  { namespace, location, status, body }: { namespace: string; location: string; status: number; body?: unknown },
): Answer {
  const version = `api-version=${request.query.get('api-version') ?? ''}`;
  const base = `${request.origin}/subscriptions/${subscriptionId}/providers/${namespace}/locations/${location}`;
  const headers = {
    'azure-asyncoperation': `${base}/operations/${operation.id}?${version}`,
    ...(status === 202 && { location: `${base}/operationresults/${operation.id}?${version}` }),
    ...pace(arm),
  };
  return { status, headers, body };
}
