import type { ErrorCode } from '../errors/catalogue.js';

/**
 * How admission control refuses an object, in the words of Kubernetes: `plugin/pkg/admission` for LimitRange, priority and
 * service accounts, and `pkg/admission/plugin` of k8s.io/apiserver for quotas, webhooks and policies. A webhook comes
 * first, because it may quote any of the others.
 */
const refusals: readonly (readonly [words: RegExp, code: ErrorCode])[] = [
  [/denied (the )?request|azurepolicy/i, 'admission-denied'],
  [/failed calling (admission )?webhook /, 'webhook-failed'],
  [/violates PodSecurity /, 'pod-security'],
  [/exceeded quota: |insufficient quota to /, 'quota-exceeded'],
  [/failed quota: \S+ must specify /, 'quota-needs-resources'],
  [/(min|max)imum \S+ usage per \w+ is |max limit to request ratio per /, 'limit-range'],
  [/no PriorityClass with name .* was found/, 'priority-class-missing'],
  [/error looking up service account /, 'service-account-missing'],
];

/** Returns the error code for a message of admission control; undefined for any other message. */
export function refusalCode(message: string): ErrorCode | undefined {
  return refusals.find(([words]) => words.test(message))?.[1];
}
