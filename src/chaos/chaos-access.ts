import { access, type AccessRule, type AccessScope, onlyWith, rolloutAccess } from '../kubernetes/api/access-rule.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { probePodName } from '../migratorydata/object-names.js';
import { evictionAccess } from './experiment-access.js';
import { deploymentLock, type LockKey, nodesLock } from './revert/lease.js';
import { recordName } from './revert/revert-record-store.js';

const ofRecord = { names: [recordName] };
const ofProbe = { names: [probePodName] };
/** What deletes the probe pod of an experiment. */
const probePodAccess = access('deployment', 'Pod', ['get', 'delete'], ofProbe);
const withAutoscaler = { when: 'an autoscaler of the members' };

/** Returns what a lock needs. The name of an object to create is in its body, which no rule sees. */
function leaseAccess(scope: AccessScope, { name }: LockKey): readonly AccessRule[] {
  return [
    access(scope, 'Lease', ['create']),
    access(scope, 'Lease', ['get', 'list', 'watch', 'patch', 'delete'], { names: [name] }),
  ];
}

/** The lock on the deployment, and the look for the record of an experiment that was not reverted. */
export const lockAccess: readonly AccessRule[] = [
  access('deployment', 'Namespace', ['get']),
  ...leaseAccess('deployment', deploymentLock('')),
  access('deployment', 'ConfigMap', ['get'], ofRecord),
];

/** The lock on each deployment of a cluster that is to be deleted; without it, the tags of the cluster decide. */
export const allLocksAccess: readonly AccessRule[] = [
  access('cluster', 'Lease', ['list']),
  access('cluster', 'Namespace', ['get']),
  ...leaseAccess('cluster', deploymentLock('')),
].map(rule => ({ ...rule, without: unseen.otherLocks }));

/** What each experiment needs beside the lock on its deployment, with its revert. */
export const experimentAccess: readonly AccessRule[] = [
  ...leaseAccess('default', nodesLock),
  access('deployment', 'ConfigMap', ['create']),
  access('deployment', 'ConfigMap', ['patch', 'delete'], ofRecord),
  access('deployment', 'StatefulSet', ['get']),
  ...rolloutAccess,
  access('deployment', 'PodDisruptionBudget', ['get']),
  access('deployment', 'HorizontalPodAutoscaler', ['list']),
  access('deployment', 'HorizontalPodAutoscaler', ['patch'], withAutoscaler),
  access('deployment', 'EndpointSlice', ['list', 'watch']),
  access('deployment', 'PodMetrics', ['list'], { without: unseen.podCpu }),
  access('deployment', 'Pod/proxy', ['get'], { without: unseen.way }),
  // A websocket is opened by GET; as of Kubernetes 1.35 it needs `create` as well.
  access('deployment', 'Pod/portforward', ['get', 'create'], { when: '`rest: true`' }),
  ...onlyWith('`probe-image`', [
    access('deployment', 'Service', ['get']),
    access('deployment', 'Pod', ['create']),
    access('deployment', 'Pod/log', ['get'], ofProbe),
    probePodAccess,
  ]),
  access('cluster', 'Node', ['get', 'list', 'watch', 'patch']),
  ...onlyWith('seed members that came to share a node', evictionAccess),
  access('default', 'Event', ['list'], { without: unseen.nodeEvents }),
  access('kube-system', 'Event', ['list'], { without: unseen.autoscalerEvents }),
];

/** The look for copies of a record on nodes, before the namespace with the record is deleted or its experiment reverted. */
export const recordCopiesAccess = access('cluster', 'Node', ['list'], { without: unseen.recordCopies });

/** What the revert of a lost run needs beside the lock on its deployment. */
export const recoverAccess: readonly AccessRule[] = [
  recordCopiesAccess,
  ...leaseAccess('default', nodesLock).map(rule => ({ ...rule, without: unseen.nodesLock })),
  ...onlyWith('an experiment to revert', [
    access('deployment', 'ConfigMap', ['patch', 'delete'], ofRecord),
    access('deployment', 'StatefulSet', ['get']),
    ...rolloutAccess,
    access('deployment', 'HorizontalPodAutoscaler', ['list']),
    access('deployment', 'HorizontalPodAutoscaler', ['patch'], withAutoscaler),
    ...evictionAccess,
    access('cluster', 'Node', ['get', 'list', 'watch', 'patch']),
    access('kube-node-lease', 'Lease', ['get', 'list', 'watch'], { when: 'a fault of a machine' }),
    ...onlyWith('a probe inside the cluster', [probePodAccess]),
  ]),
];
