import type { RoleAction } from '../azure/role-actions.js';
import { inputGroups } from '../inputs/input-defaults.js';
import { access, type AccessRule, onlyWith, rolloutAccess } from '../kubernetes/api/access-rule.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { deploymentNames } from '../migratorydata/object-names.js';

/** What an operation may do: of the API server, and of Azure. */
export interface Permissions {
  readonly access: readonly AccessRule[];
  /** Only with provider aks. */
  readonly actions: readonly RoleAction[];
}

/** `readLiveDeployment`. */
export const liveAccess: readonly AccessRule[] = [
  access('deployment', 'StatefulSet', ['get']),
  access('deployment', 'Service', ['get']),
  access('deployment', 'PodDisruptionBudget', ['get']),
];

/** `warnOfDifferences`. */
export const differencesAccess: readonly AccessRule[] = onlyWith(
  'an input that the deployment knows, such as `rest`',
  liveAccess,
).map(rule => ({ ...rule, without: unseen.differences }));

/** `findEndpoint`. */
export const endpointAccess: readonly AccessRule[] = [
  access('deployment', 'Service', ['get']),
  ...onlyWith('a load balancer', [
    access('deployment', 'Service', ['list', 'watch']),
    access('deployment', 'Event', ['list', 'watch']),
  ]),
  ...onlyWith('`service-type: node-port`', [access('cluster', 'Node', ['list'])]),
  ...onlyWith('`service-type: node-port` and `traffic-policy: Local`', [
    access('deployment', 'StatefulSet', ['get']),
    access('deployment', 'Pod', ['list']),
    access('cluster', 'Node', ['get']),
  ]),
];

/** `findToken`. */
const tokenAccess = onlyWith('`rest: true` without `entitlement-token`', [access('deployment', 'Secret', ['get'])]);

/** The live deployment, the wait for its members, and the token for a message through them. */
export const memberAccess: readonly AccessRule[] = [...liveAccess, ...rolloutAccess, ...tokenAccess];

/** `checkMemberAnswers`. */
export const answersAccess: readonly AccessRule[] = [
  access('deployment', 'Pod/proxy', ['get'], { without: unseen.answers }),
];

/** What an operation needs that connects as clients do. */
export const clientAccess: readonly AccessRule[] = [
  ...memberAccess,
  ...endpointAccess,
  access('deployment', 'Service/proxy', ['get'], { when: '`service-type: cluster-ip`' }),
];

/** `deploy`. An apply is a patch, and a creation as well if the object does not exist. */
export const deployAccess: readonly AccessRule[] = [
  access('cluster', 'Namespace', ['create', 'patch'], { when: 'a namespace that does not exist or is to change' }),
  ...rolloutAccess,
  ...endpointAccess,
  ...answersAccess,
  access('deployment', 'StatefulSet', ['get', 'list', 'create', 'patch']),
  access('deployment', 'Service', ['get', 'create', 'patch']),
  access('deployment', 'PodDisruptionBudget', ['get', 'create', 'patch']),
  access('deployment', 'Secret', ['list', 'create']),
  access('deployment', 'ConfigMap', ['get'], {
    names: [deploymentNames(inputGroups.Kubernetes.name).inventory],
    without: unseen.formerResources,
  }),
  access('deployment', 'ConfigMap', ['get', 'create', 'patch', 'delete'], { when: '`resources`' }),
  access('deployment', 'Pod', ['delete'], { when: 'an update while a member is not Ready' }),
  access('deployment', 'StatefulSet/scale', ['patch'], { when: '`allow-full-restart: true`' }),
];
