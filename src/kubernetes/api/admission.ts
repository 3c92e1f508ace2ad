import type { ErrorCode } from '../../errors/catalogue.js';

/**
 * How admission control refuses an object, in the words of Kubernetes: `plugin/pkg/admission` for LimitRange, priority and
 * service accounts, and `pkg/admission/plugin` of k8s.io/apiserver for quotas, webhooks and policies. A webhook comes
 * first, because it may quote any of the others. A pod is validated after admission control has changed it.
 */
const refusals: readonly (readonly [words: RegExp, code: ErrorCode])[] = [
  [/denied (the )?request|azurepolicy/i, 'admission-denied'],
  [/failed calling (admission )?webhook /, 'webhook-failed'],
  [/violates PodSecurity /, 'pod-security'],
  [/exceeded quota: |insufficient quota to /, 'quota-exceeded'],
  [/failed quota: \S+ must specify /, 'quota-needs-resources'],
  // A default limit of a LimitRange may be less than what a container requests.
  [/(min|max)imum \S+ usage per \w+ is |max limit to request ratio per |or equal to \S+ limit of /, 'limit-range'],
  [/Pod "[^"]+" is invalid: /, 'pod-invalid'],
  [/no PriorityClass with name .* was found/, 'priority-class-missing'],
  [/error looking up service account /, 'service-account-missing'],
];

/** Returns the error code for a message of admission control; undefined for any other message. */
export function refusalCode(message: string): ErrorCode | undefined {
  return refusals.find(([words]) => words.test(message))?.[1];
}
