import type { Kind } from './kinds.js';
import { type Unseen, unseen } from './unseen.js';

/** The verbs of the API server that this project uses; see "Request verbs" in its documentation of authorization. */
export type AccessVerb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete';

/** Where a rule applies: in the namespace of the deployment, in one that every cluster has, or in the whole cluster. */
export type AccessScope = 'deployment' | 'default' | 'kube-system' | 'kube-node-lease' | 'cluster';

interface AccessCondition {
  /** The names of the only objects that are meant. */
  readonly names?: readonly string[];
  /** What else must be the case, as a noun phrase such as `rest: true`; absent if the rule is always needed. */
  readonly when?: string;
  /** What the step does not see without the permission; absent if it cannot do without. */
  readonly without?: Unseen;
}

/** What an operation asks of the API server, as one rule of a Role or a ClusterRole. */
export interface AccessRule extends AccessCondition {
  readonly scope: AccessScope;
  /** A kind, or a kind and a subresource. */
  readonly resource: Kind | `${Kind}/${string}`;
  readonly verbs: readonly AccessVerb[];
}

export function access(
  scope: AccessScope,
  resource: AccessRule['resource'],
  verbs: readonly AccessVerb[],
  condition: AccessCondition = {},
): AccessRule {
  return { scope, resource, verbs, ...condition };
}

/** Returns rules that are needed only with something else. */
export function onlyWith(when: string, rules: readonly AccessRule[]): readonly AccessRule[] {
  return rules.map(rule => ({ ...rule, when: rule.when === undefined ? when : `${when} and ${rule.when}` }));
}

/** What `waitForMembers` observes. */
export const rolloutAccess: readonly AccessRule[] = [
  access('deployment', 'StatefulSet', ['list', 'watch']),
  access('deployment', 'Pod', ['list', 'watch']),
  access('deployment', 'Event', ['list', 'watch']),
  access('deployment', 'Pod/log', ['get'], { without: unseen.logs }),
];
