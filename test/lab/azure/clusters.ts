import { accepted, type Arm } from './arm.js';
import { applyChange, clusterBody, creationBody, newCluster, nodeGroupTags, readPools } from './cluster-bodies.js';
import { checkBounds, checkPreconditions, checkQuota, checkRegistration, checkSizes } from './cluster-checks.js';
import { abortOperation, changeCluster, deleteCluster, refuseWhenBusy } from './cluster-operations.js';
import { matchNodes, startKubernetes } from './control-planes.js';
import { refuseWhenDeleting } from './groups.js';
import { type Answer, ArmError, type ArmRequest, objectAt, ok, tagsAt, textAt } from './messages.js';
import { clusterType, keyOf, resourceId } from './names.js';
import type { Operation } from './operations.js';
import { page } from './pages.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { clustersIn, type ManagedCluster, requireCluster, requireGroup } from './state.js';
import { resolveVersion } from './versions.js';

const clusterPath = `${groupPath}/providers/Microsoft.ContainerService/managedClusters/{cluster}` as const;
type ClusterRequest = ArmRequest<'group' | 'cluster'>;

/** Returns the response to a request that changes a cluster. */
export function answerChange(
  arm: Arm,
  request: ArmRequest,
  cluster: ManagedCluster,
  operation: Operation,
  status: number,
  body?: unknown,
): Answer {
  return accepted(arm, request, operation, {
    namespace: 'Microsoft.ContainerService',
    location: cluster.location,
    status,
    body,
  });
}

/** Managed clusters: create, update, show, list, delete, stop, start, abort, credentials. */
export function clusterRoutes(arm: Arm): readonly Route[] {
  const { state } = arm;
  const find = ({ params }: ClusterRequest): ManagedCluster => requireCluster(state, params.group, params.cluster);
  return [
    route('GET', `${subscriptionPath}/providers/${clusterType}`, request =>
      page(arm, request, [...state.clusters.values()].map(clusterBody), true),
    ),
    route('GET', `${groupPath}/providers/${clusterType}`, request => {
      requireGroup(state, request.params.group);
      return page(arm, request, clustersIn(state, request.params.group).map(clusterBody), true);
    }),
    route('GET', clusterPath, request => ok(clusterBody(find(request)))),
    route('PUT', clusterPath, request => putCluster(arm, request)),
    route('PATCH', clusterPath, request => {
      const cluster = find(request);
      checkPreconditions(arm, request.headers, cluster);
      refuseWhenBusy(cluster);
      cluster.tags = tagsAt(request.json);
      return answerUpdate(arm, request, cluster);
    }),
    route('DELETE', clusterPath, request => {
      requireGroup(state, request.params.group);
      const cluster = state.clusters.get(keyOf(resourceId(request.params.group, clusterType, request.params.cluster)));
      // An absent cluster is deleted already, whatever the condition (AKS, "Enhance concurrency control").
      if (!cluster) return { status: 204 };
      checkPreconditions(arm, request.headers, cluster);
      return answerChange(arm, request, cluster, deleteCluster(arm, cluster, request.trouble), 202);
    }),
    route('POST', `${clusterPath}/abort`, request => {
      const cluster = find(request);
      const operation = abortOperation(arm, cluster);
      return operation ? answerChange(arm, request, cluster, operation, 202) : { status: 204 };
    }),
    route('POST', `${clusterPath}/stop`, request => switchPower(arm, request, find(request), 'Stopped')),
    route('POST', `${clusterPath}/start`, request => switchPower(arm, request, find(request), 'Running')),
    route('POST', `${clusterPath}/listClusterUserCredential`, request => giveCredentials(arm, find(request), 'User')),
    route('POST', `${clusterPath}/listClusterAdminCredential`, request => giveCredentials(arm, find(request), 'Admin')),
  ];
}

function putCluster(arm: Arm, request: ClusterRequest): Answer {
  const group = requireGroup(arm.state, request.params.group);
  refuseWhenDeleting(group);
  const id = resourceId(group.name, clusterType, request.params.cluster);
  const former = arm.state.clusters.get(keyOf(id));
  checkPreconditions(arm, request.headers, former);
  return former ? updateCluster(arm, request, former) : createCluster(arm, request, group.name);
}

/** The cluster is Creating until its Kubernetes responds and its nodes are started. */
function createCluster(arm: Arm, request: ClusterRequest, group: string): Answer {
  checkRegistration(arm);
  const { json } = request;
  const location = textAt(json, 'location');
  const version = resolveVersion(textAt(objectAt(json, 'properties'), 'kubernetesVersion'), location);
  const cluster = newCluster(group, request.params.cluster, version, json);
  checkBounds(cluster.pools);
  checkSizes(arm, cluster, cluster.pools);
  checkQuota(arm, location, cluster.pools);
  arm.state.clusters.set(keyOf(cluster.id), cluster);
  arm.state.groups.set(keyOf(cluster.nodeGroup), {
    name: cluster.nodeGroup,
    location,
    tags: nodeGroupTags(cluster),
    provisioningState: 'Succeeded',
    managedBy: cluster.id,
  });
  const operation = changeCluster(arm, cluster, 'Creating', 'write', request.trouble, () =>
    startKubernetes(arm, cluster),
  );
  return answerChange(arm, request, cluster, operation, 201, creationBody(cluster));
}

function updateCluster(arm: Arm, request: ClusterRequest, cluster: ManagedCluster): Answer {
  refuseWhenBusy(cluster);
  const wanted = readPools(objectAt(request.json, 'properties'), cluster.pools);
  checkSizes(arm, cluster, wanted);
  const added = wanted.map(({ name, vmSize, count }) => {
    const before = cluster.pools.find(pool => pool.name === name)?.count ?? 0;
    return { vmSize, count: count - before };
  });
  checkQuota(arm, cluster.location, added);
  applyChange(cluster, request.json);
  return answerUpdate(arm, request, cluster, added.some(({ count }) => count !== 0) ? 'Scaling' : 'Updating');
}

/** Updates the nodes and the node resource group to match the cluster. */
function answerUpdate(
  arm: Arm,
  request: ArmRequest,
  cluster: ManagedCluster,
  during: 'Updating' | 'Scaling' = 'Updating',
): Answer {
  const operation = changeCluster(arm, cluster, during, 'write', request.trouble, async () => {
    const nodeGroup = arm.state.groups.get(keyOf(cluster.nodeGroup));
    if (nodeGroup) nodeGroup.tags = nodeGroupTags(cluster);
    keepWithinBounds(cluster);
    await matchNodes(arm, cluster);
  });
  return answerChange(arm, request, cluster, operation, 200, clusterBody(cluster));
}

/** The autoscaler moves the count of a pool into its bounds when these change. */
export function keepWithinBounds(cluster: ManagedCluster): void {
  for (const pool of cluster.pools) {
    if (pool.autoscaling) pool.count = Math.min(pool.autoscaling.max, Math.max(pool.autoscaling.min, pool.count));
  }
}

function switchPower(arm: Arm, request: ArmRequest, cluster: ManagedCluster, code: 'Running' | 'Stopped'): Answer {
  refuseWhenBusy(cluster);
  const [during, action] =
    code === 'Running' ? (['Starting', 'start/action'] as const) : (['Stopping', 'stop/action'] as const);
  const operation = changeCluster(arm, cluster, during, action, request.trouble, async () => {
    cluster.powerState = code;
    await matchNodes(arm, cluster);
  });
  return answerChange(arm, request, cluster, operation, 202);
}

async function giveCredentials(arm: Arm, cluster: ManagedCluster, role: 'User' | 'Admin'): Promise<Answer> {
  // Without Entra, local accounts are the only users.
  if (cluster.more['disableLocalAccounts'] === true && (role === 'Admin' || !cluster.more['aadProfile']))
    throw localAccountsRefusal();
  if (!cluster.hosted) {
    refuseWhenBusy(cluster);
    throw new ArmError(404, 'NotFound', `Could not find the control plane of managed cluster ${cluster.name}.`, 'aks');
  }
  const text = await arm.host.kubeconfig(cluster.id, role);
  return ok({ kubeconfigs: [{ name: `cluster${role}`, value: Buffer.from(text).toString('base64') }] });
}

/** Returns the refusal of a static certificate (AKS, "Manage local accounts"). */
export function localAccountsRefusal(): ArmError {
  const message = "Getting static credential isn't allowed because this cluster is set to disable local accounts.";
  return new ArmError(400, 'BadRequest', message, 'aks');
}
