import type { ApiError } from './api-error.js';

/** What a step does not see without a permission that it can do without: for its warning and for docs/permissions.md. */
export const unseen = {
  room: 'the room for members on other nodes',
  nodeEvents: 'the events of nodes',
  autoscalerEvents: 'the events of the cluster autoscaler',
  file: 'the object, and its file has the reason',
  logs: 'the logs of members that do not become Ready',
  podCpu: 'the CPU of each member',
  way: 'whether members answer when clients cannot connect, so which part of the way has failed',
  answers: 'whether each member answers',
  recordCopies: 'whether a node has the copy of a revert record',
  nodesLock: 'whether a lost run has left its lock on the nodes',
  differences: 'whether the deployment differs from the inputs of this step',
  formerResources: 'which objects earlier steps have applied from `resources`',
  heldPods: 'which pods keep the namespace from being deleted',
  otherLocks: 'whether a run works on another deployment of the cluster',
} as const;

export type Unseen = (typeof unseen)[keyof typeof unseen];

/** Returns the warning for a forbidden read: what is not seen, and the permission, as the API server names it. */
export function warningOf(notSeen: Unseen, { message, status }: ApiError): string {
  return `This step cannot see ${notSeen}: ${status?.message ?? message}. docs/permissions.md has the permission.`;
}
