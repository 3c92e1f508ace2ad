import type { MemberSet } from '../kubernetes/pods.js';
import type { EndpointSlice } from '../kubernetes/types.js';
import type { Target } from '../kubernetes/watch.js';

/** The endpoint slices of a Service in the namespace of the members; the label is that of the EndpointSlice controller. */
export function slicesOf({ namespace }: MemberSet, serviceName: string): Target<'EndpointSlice'> {
  return { kind: 'EndpointSlice', namespace, labels: `kubernetes.io/service-name=${serviceName}` };
}

/** The pods of a slice that take connections, by UID. */
export function readyIn({ endpoints = [] }: EndpointSlice): readonly string[] {
  return endpoints.flatMap(({ conditions, targetRef }) =>
    conditions?.ready === true && targetRef?.uid !== undefined ? [targetRef.uid] : [],
  );
}
