import type { EndpointSlice } from './api/types.js';
import type { WatchTarget } from './informer/watch.js';
import type { MemberSet } from './pods.js';

/** Returns the watch target for the EndpointSlices of a Service; the label is set by the EndpointSlice controller. */
export function slicesOf({ namespace }: MemberSet, serviceName: string): WatchTarget<'EndpointSlice'> {
  return { kind: 'EndpointSlice', namespace, labels: `kubernetes.io/service-name=${serviceName}` };
}

/** Returns the UIDs of the pods of a slice that are ready for connections. */
export function readyEndpointsOf({ endpoints = [] }: EndpointSlice): readonly string[] {
  return endpoints.flatMap(({ conditions, targetRef }) =>
    conditions?.ready === true && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
}
