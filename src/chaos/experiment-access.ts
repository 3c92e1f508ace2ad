import { access, type AccessRule, onlyWith } from '../kubernetes/api/access-rule.js';
import { unseen } from '../kubernetes/api/unseen.js';

/** Evictions of members within their disruption budget, with one more member where it allows none. */
export const evictionAccess: readonly AccessRule[] = [
  access('deployment', 'Pod/eviction', ['create']),
  access('deployment', 'PodDisruptionBudget', ['list', 'watch'], {
    when: 'a disruption budget that refuses an eviction',
  }),
  access('deployment', 'StatefulSet/scale', ['patch'], { when: 'a disruption budget that allows no eviction' }),
  access('cluster', 'Pod', ['list'], { without: unseen.room }),
];

/** The eviction of all other pods of a node. */
export const otherPodsAccess: readonly AccessRule[] = onlyWith('`drain-scope: all`', [
  access('cluster', 'Pod', ['list', 'watch']),
  access('cluster', 'Pod/eviction', ['create']),
  // The wait for a budget that blocks one of them, and the names of budgets that overlap.
  access('cluster', 'PodDisruptionBudget', ['list', 'watch']),
]);

/** Faults of machines: pods of others on them, seed members that share one, and the heartbeat of its kubelet. */
export const machineAccess: readonly AccessRule[] = [
  ...evictionAccess,
  access('cluster', 'Pod', ['list'], { when: 'a cluster that this repository has not created' }),
  access('kube-node-lease', 'Lease', ['get', 'list', 'watch']),
];
