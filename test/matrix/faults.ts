import type { Fault } from '../lab/azure/fault.js';
import * as faults from '../lab/azure/faults.js';
import { type Call, isWrite } from './calls.js';

/** A column of the matrix. */
export interface FaultKind {
  /** The short name in the tables. */
  readonly name: string;
  /** What happens, as one sentence for the document. */
  readonly meaning: string;
  /** What the action does about it, as one sentence for the document. */
  readonly promise: string;
  readonly login?: 'earlier';
  /** Whether nothing that comes later can succeed, because Azure is still busy. */
  readonly lasts?: boolean;
  fits(call: Call): boolean;
  make(call: Call): Fault;
}

const always = (): boolean => true;
const onAks = (call: Call): boolean => isWrite(call) && /managedClusters|agentPools/.test(call.request);
const onCompute = (call: Call): boolean => isWrite(call) && /virtualMachine/i.test(call.request);
const failure = { code: 'InternalOperationError', message: 'Internal error of the operation.' };

export const faultKinds: readonly FaultKind[] = [
  {
    name: 'expired token',
    meaning: '401, the token is too old.',
    promise: 'Renews a login of its own, requests another token from az, and sends the request again, once.',
    fits: always,
    make: () => faults.accessTokenExpired(),
  },
  {
    name: 'claims',
    meaning: '401, Microsoft Entra requires a token with more claims; the action logs in itself.',
    promise: 'Logs in again with a new folder, and sends the request again, once.',
    fits: always,
    make: () => faults.claimsChallenge(),
  },
  {
    name: 'claims, earlier login',
    meaning: 'The same with the login of an earlier step.',
    promise: 'Fails with `azure-claims-challenge`: only the user can renew that login.',
    login: 'earlier',
    fits: always,
    make: () => faults.claimsChallenge(),
  },
  {
    name: '403',
    meaning: '403 `AuthorizationFailed`.',
    promise:
      'Fails with `azure-forbidden`. Only the creation of a cluster and writes that must not run twice are tried for some more seconds, because a new role takes time.',
    fits: always,
    make: ({ request }) => faults.authorizationFailed(request),
  },
  {
    name: '404',
    meaning: '404 for something that exists, once.',
    promise:
      'Reads again before something follows from it: that there is nothing to delete, to start or to restore, or that a group must be created. A deletion is checked by reading, and fails with `delete-incomplete` if the resource stays. The creation of a cluster is sent once more. Most other requests fail with `azure-not-found`.',
    fits: always,
    make: () => faults.resourceMissing(),
  },
  {
    name: 'Conflict',
    meaning: '409 `Conflict` of Compute: another request changes the same machine, or a run command still runs.',
    promise:
      'Waits and sends the request again; a fault of an experiment is not sent again, because it would be late: the experiment is skipped.',
    fits: onCompute,
    make: ({ request }) =>
      request.endsWith('runCommand') ? faults.runCommandInProgress() : faults.concurrentRequest(),
  },
  {
    name: 'EtagMismatch',
    meaning: '409 `EtagMismatch` of AKS, a conflict inside AKS.',
    promise: 'Without a condition, waits and sends the request again. With a condition, reads again and decides again.',
    fits: onAks,
    make: () => faults.etagMismatch(),
  },
  {
    name: 'OriginalEtagNotExpect',
    meaning: '409 `OriginalEtagNotExpect` of AKS, the same for a node pool.',
    promise: 'The same.',
    fits: call => onAks(call) && call.request.includes('agentPools'),
    make: () => faults.originalEtagNotExpect(),
  },
  {
    name: 'OperationNotAllowed',
    meaning: '409 `OperationNotAllowed`, another operation is in progress.',
    promise:
      'Waits and sends the request again: for up to 20 minutes, an operation on a machine for 10. The creation of a cluster is sent once more. A fault of an experiment is not sent again: the experiment is skipped.',
    fits: onAks,
    make: () => faults.busy(),
  },
  {
    name: 'ScopeLocked',
    meaning: '409 `ScopeLocked`, a lock forbids the change.',
    promise: 'Fails with `azure-locked`.',
    fits: isWrite,
    make: () => faults.scopeLocked(),
  },
  {
    name: '412',
    meaning: '412, the resource has changed since it was read.',
    promise:
      'Reads again and decides again, up to three times; up to 20 times for the authorized ranges, which the jobs of a matrix write at the same time.',
    fits: call => isWrite(call) && call.isConditional,
    make: () => faults.preconditionFailed(),
  },
  {
    name: '429',
    meaning: '429 with `Retry-After`.',
    promise: 'Waits as long as Azure requests, and sends the request again, up to five times.',
    fits: always,
    make: () => faults.subscriptionThrottled(),
  },
  ...([500, 503] as const).map((status): FaultKind => ({
    name: String(status),
    meaning: status === 500 ? '500 `InternalServerError`.' : '503 `ServiceUnavailable`.',
    promise: 'Sends the request again up to three times, unless it must not run twice.',
    fits: always,
    make: () => faults.serviceFails(status),
  })),
  {
    name: 'cut before',
    meaning: 'The connection is cut before the request has an effect.',
    promise: 'Like 503: the action cannot know whether there was an effect.',
    fits: always,
    make: () => faults.droppedBeforeEffect(),
  },
  {
    name: 'cut after',
    meaning: 'The connection is cut after the request has its effect.',
    promise: 'Like 503. After the creation of a cluster, the action reads whether the cluster is its own.',
    fits: always,
    make: () => faults.droppedAfterEffect(),
  },
  {
    name: 'ends Failed',
    meaning: 'Azure accepts the request, and its operation fails.',
    promise:
      'Reports the reason of Azure; an operation that failed for an internal reason is tried again if it may run twice. A deletion without `wait-for-deletion` fails after the end of the step; the next `sweep` repeats it.',
    fits: call => call.startsOperation,
    make: () => faults.failedOperation(failure),
  },
  {
    name: 'never ends',
    meaning: 'Azure accepts the request, and its operation does not end.',
    promise: 'Fails at its own limit. A deletion without `wait-for-deletion` counts as done when Azure shows it.',
    lasts: true,
    fits: call => call.startsOperation,
    make: () => faults.endlessOperation(),
  },
];
