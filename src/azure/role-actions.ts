/** An action of an Azure role that an operation needs; see "Azure permissions" in the Azure RBAC documentation. */
export interface RoleAction {
  readonly action: string;
  /** What else must be the case, as a noun phrase; absent if the action is always needed. */
  readonly when?: string;
}

const of = (provider: string, ...actions: readonly string[]): readonly RoleAction[] =>
  actions.map(action => ({ action: `${provider}/${action}` }));

const clusters = 'Microsoft.ContainerService/managedClusters';
const groups = 'Microsoft.Resources/subscriptions/resourceGroups';
const scaleSets = 'Microsoft.Compute/virtualMachineScaleSets';
/** The polls of an operation that a provider has accepted. */
const aksOperations = of('Microsoft.ContainerService/locations', 'operations/read', 'operationresults/read');
const computeOperations = of('Microsoft.Compute/locations', 'operations/read');

function onlyIf(when: string, actions: readonly RoleAction[]): readonly RoleAction[] {
  return actions.map(action => ({ ...action, when }));
}

/** Gets the credentials of a cluster, and admits the runner to its API server. */
export const connectActions: readonly RoleAction[] = [
  ...of(clusters, 'listClusterUserCredential/action'),
  ...onlyIf('`credentials: admin`', of(clusters, 'listClusterAdminCredential/action')),
  ...onlyIf('`authorized-ip-ranges: runner`', [...of(clusters, 'read', 'write'), ...aksOperations]),
];

/** Connects, and moves the expiry of a cluster that this repository has created. */
export const workActions: readonly RoleAction[] = [
  ...of(clusters, 'read'),
  ...connectActions,
  ...onlyIf('a `ttl`', of('Microsoft.Resources', 'tags/write')),
];

/** Checks what a creation needs. A check that is forbidden is a warning. */
export const preflightActions: readonly RoleAction[] = [
  ...of('Microsoft.Resources/subscriptions', 'read', 'providers/read', 'resourceGroups/read'),
  ...of('Microsoft.Authorization', 'permissions/read'),
  ...of('Microsoft.Compute', 'skus/read', 'locations/usages/read'),
  ...onlyIf('`kubernetes-version`', of('Microsoft.ContainerService', 'locations/kubernetesVersions/read')),
  ...of(clusters, 'read'),
];

export const createActions: readonly RoleAction[] = [
  ...of(groups, 'read'),
  ...onlyIf('a group that does not exist', of(groups, 'write')),
  ...of(clusters, 'read', 'write'),
  ...onlyIf('a node size that is out of capacity', of(clusters, 'delete')),
  ...onlyIf('a creation that fails and is undone', [
    ...of(groups, 'resources/read', 'delete'),
    ...of(clusters, 'delete'),
    ...of('Microsoft.Resources/subscriptions', 'operationresults/read'),
  ]),
  ...aksOperations,
];

export const collectActions: readonly RoleAction[] = [
  ...of(clusters, 'read'),
  ...of('Microsoft.Insights', 'eventtypes/values/read'),
];

/** Deletes the group if this project created it, else the cluster. */
export const deleteActions: readonly RoleAction[] = [
  ...of(groups, 'read', 'resources/read', 'delete'),
  ...of(clusters, 'read', 'delete'),
  ...of('Microsoft.Resources/subscriptions', 'operationresults/read'),
  ...aksOperations,
];

/** Looks for operations of Azure before a fault, and whether the node pools can grow. */
export const observeActions = of(clusters, 'read', 'agentPools/read');

/** The requests about machines, each with the polls of its operation. */
export const machineActions = {
  describeOperation: of(clusters, 'read'),
  powerState: of(scaleSets, 'virtualMachines/instanceView/read'),
  powerOff: [...of(scaleSets, 'powerOff/action'), ...computeOperations],
  /** The instances are listed to find the machine of a node that has vanished. */
  start: [...of(scaleSets, 'start/action', 'virtualMachines/read'), ...computeOperations],
  restart: [...of(scaleSets, 'restart/action'), ...computeOperations],
  runScript: [...of(scaleSets, 'virtualMachines/runCommand/action', 'virtualMachines/read'), ...computeOperations],
  pool: of(clusters, 'agentPools/read'),
  deleteMachine: [...of(clusters, 'agentPools/deleteMachines/action'), ...aksOperations],
  updatePool: [...of(clusters, 'agentPools/read', 'agentPools/write'), ...aksOperations],
} as const;

/** What the revert of the experiments of a lost run needs. */
export const revertActions = onlyIf('an experiment to revert', [
  ...machineActions.start,
  ...machineActions.runScript,
  ...machineActions.updatePool,
]);
