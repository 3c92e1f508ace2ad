import { randomUUID } from 'node:crypto';
import { ArmError, type Failure, failureBody, type Json, list } from './messages.js';
import { clientId, keyOf, subscriptionId, tenantId } from './names.js';
import { route, type Route } from './router.js';

export interface ActivityEvent {
  readonly resourceId: string;
  readonly action: string;
  readonly correlationId: string;
  readonly status: 'Started' | 'Succeeded' | 'Failed';
  readonly failure?: Failure | undefined;
}

/** The events of the subscription, as `az monitor activity-log list` shows them. */
export interface ActivityLog {
  record(event: ActivityEvent): void;
  /** Returns the events that match an OData filter of `field eq 'value'` terms, newest first. */
  select(filter: string): readonly unknown[];
}

export function createActivityLog(): ActivityLog {
  const events: { readonly at: Date; readonly event: ActivityEvent }[] = [];
  return {
    record: event => events.unshift({ at: new Date(), event }),
    select(filter) {
      const terms = [...filter.matchAll(/(\w+) eq '([^']*)'/g)].map(([, field = '', value = '']) => ({
        field,
        value: keyOf(value),
      }));
      return events
        .map(({ at, event }) => toWire(at, event))
        .filter(wire =>
          terms.every(({ field, value }) => {
            if (field === 'status') return keyOf(wire.status.value) === value;
            if (field === 'resourceId' || field === 'resourceUri') return keyOf(wire.resourceId) === value;
            if (field === 'resourceGroupName') return keyOf(wire.resourceGroupName) === value;
            return field !== 'correlationId' || wire.correlationId === value;
          }),
        );
    },
  };
}

function toWire(at: Date, { resourceId, action, correlationId, status, failure }: ActivityEvent) {
  const named = (value: string) => ({ value, localizedValue: value });
  return {
    caller: clientId,
    category: named('Administrative'),
    correlationId,
    eventDataId: randomUUID(),
    eventTimestamp: at.toISOString(),
    submissionTimestamp: at.toISOString(),
    level: failure ? 'Error' : 'Informational',
    operationId: correlationId,
    operationName: named(action),
    // The reason is in a JSON text inside the JSON, as in the real log.
    properties: failure ? { statusCode: 'Conflict', statusMessage: JSON.stringify(statusMessage(failure)) } : {},
    resourceGroupName: /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1] ?? '',
    resourceId,
    status: named(status),
    subscriptionId,
    tenantId,
  };
}

/** The failure of a resource is the cause of another one (jenkins-infra/helpdesk, issue 3584). */
function statusMessage(failure: Failure): Json {
  const outer = /^Resource(Operation|Group)/.test(failure.code) ? failure : resourceOperationFailure(failure);
  return { status: 'Failed', error: failureBody(outer) };
}

/** Returns the outer error under which Azure shows the cause of a failed operation. */
export function resourceOperationFailure(cause: Failure): Failure {
  const message = "The resource operation completed with terminal provisioning state 'Failed'.";
  return { code: 'ResourceOperationFailure', message, details: [cause] };
}

const longestMs = 90 * 86_400_000;

/** @throws ArmError 400 when the filter begins before the log does. */
function checkStart(filter: string): void {
  const [, start] = /eventTimestamp ge '?([^' ]+)/.exec(filter) ?? [];
  if (start === undefined || Date.now() - Date.parse(start) <= longestMs) return;
  throw new ArmError(400, 'BadRequest', 'The start time cannot be more than 90 days in the past.', 'monitor');
}

export function activityLogRoutes(activity: ActivityLog): readonly Route[] {
  return [
    route(
      'GET',
      '/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values',
      ({ query }) => {
        const filter = query.get('$filter') ?? '';
        checkStart(filter);
        return list(activity.select(filter));
      },
    ),
  ];
}
