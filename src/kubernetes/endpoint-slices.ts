import type { MemberSet } from './pods.js';
import type { EndpointSlice } from './types.js';
import type { WatchTarget } from './watch.js';

/** The endpoint slices of a Service in the namespace of the members; the label is that of the EndpointSlice controller. */
export function slicesOf({ namespace }: MemberSet, serviceName: string): WatchTarget<'EndpointSlice'> {
  return { kind: 'EndpointSlice', namespace, labels: `kubernetes.io/service-name=${serviceName}` };
}

/** The pods of a slice that take connections, by UID. */
export function readyEndpointsOf({ endpoints = [] }: EndpointSlice): readonly string[] {
  return endpoints.flatMap(({ conditions, targetRef }) =>
    conditions?.ready === true && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
}
