import { randomUUID } from 'node:crypto';
import { type Failure, list } from './messages.js';
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
    properties: failure
      ? { statusCode: 'Conflict', statusMessage: JSON.stringify({ status: 'Failed', error: failure }) }
      : {},
    resourceGroupName: /\/resourceGroups\/([^/]+)/i.exec(resourceId)?.[1] ?? '',
    resourceId,
    status: named(status),
    subscriptionId,
    tenantId,
  };
}

export function activityLogRoutes(activity: ActivityLog): readonly Route[] {
  return [
    route(
      'GET',
      '/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values',
      ({ query }) => list(activity.select(query.get('$filter') ?? '')),
    ),
  ];
}
