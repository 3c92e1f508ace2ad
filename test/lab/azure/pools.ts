import type { Arm } from './arm.js';
import { poolBody, readPool } from './cluster-bodies.js';
import { checkPreconditions, checkQuota, checkSizes } from './cluster-checks.js';
import { changeCluster, isBusy, refuseWhenBusy } from './cluster-operations.js';
import { answerChange, keepWithinBounds } from './clusters.js';
import { dropInstances, matchNodes } from './control-planes.js';
import { type Answer, type ArmRequest, notFound, objectAt, ok, textsAt } from './messages.js';
import { clusterType, keyOf, sameName } from './names.js';
import { page } from './pages.js';
import { groupPath, route, type Route } from './router.js';
import { type ManagedCluster, type Pool, requireCluster, scaleSetsOf } from './state.js';

const poolsPath = `${groupPath}/providers/Microsoft.ContainerService/managedClusters/{cluster}/agentPools` as const;
const poolPath = `${poolsPath}/{pool}` as const;
type PoolRequest = ArmRequest<'group' | 'cluster' | 'pool'>;

/** Node pools: list, show, add, scale, update, delete, delete machines. */
export function poolRoutes(arm: Arm): readonly Route[] {
  return [
    route('GET', poolsPath, request => {
      const cluster = requireCluster(arm.state, request.params.group, request.params.cluster);
      return page(
        arm,
        request,
        cluster.pools.map(pool => poolBody(cluster, pool)),
        true,
      );
    }),
    route('GET', poolPath, ({ params }) => {
      const cluster = requireCluster(arm.state, params.group, params.cluster);
      return ok(poolBody(cluster, requirePool(cluster, params.pool)));
    }),
    route('PUT', poolPath, request => putPool(arm, request)),
    route('DELETE', poolPath, request => {
      const { cluster, pool } = idlePool(arm, request);
      const operation = changeCluster(arm, cluster, 'Updating', 'agentPools/delete', request.trouble, async () => {
        cluster.pools = cluster.pools.filter(other => other !== pool);
        await matchNodes(arm, cluster);
      });
      return answerChange(arm, request, cluster, operation, 202);
    }),
    route('POST', `${poolPath}/deleteMachines`, request => deleteMachines(arm, request)),
  ];
}

/**
 * Adds a machine to a pool of a cluster, as its autoscaler does: without an operation of the cluster. Does nothing when no
 * pool may have one more, or while the cluster changes.
 */
export async function growPool(arm: Arm, clusterId: string): Promise<void> {
  const cluster = arm.state.clusters.get(keyOf(clusterId));
  const pool = cluster?.pools.find(({ autoscaling, count }) => autoscaling !== undefined && count < autoscaling.max);
  if (cluster === undefined || pool === undefined || isBusy(cluster)) return;
  pool.count += 1;
  await matchNodes(arm, cluster);
}

/** @throws ArmError 404 when the cluster has no such pool. */
function requirePool(cluster: ManagedCluster, name: string): Pool {
  const pool = cluster.pools.find(candidate => sameName(candidate.name, name));
  if (!pool) throw notFound(`${clusterType}/agentPools`, `${cluster.name}/${name}`, cluster.group);
  return pool;
}

function idlePool(arm: Arm, { params }: PoolRequest): { readonly cluster: ManagedCluster; readonly pool: Pool } {
  const cluster = requireCluster(arm.state, params.group, params.cluster);
  const pool = requirePool(cluster, params.pool);
  refuseWhenBusy(cluster);
  return { cluster, pool };
}

function putPool(arm: Arm, request: PoolRequest): Answer {
  const { params } = request;
  const cluster = requireCluster(arm.state, params.group, params.cluster);
  const former = cluster.pools.find(candidate => sameName(candidate.name, params.pool));
  checkPreconditions(arm, request.headers, former);
  refuseWhenBusy(cluster);
  const pool = readPool(objectAt(request.json, 'properties'), former?.name ?? params.pool, former);
  checkSizes(arm, cluster, [pool]);
  checkQuota(arm, cluster.location, [{ vmSize: pool.vmSize, count: pool.count - (former?.count ?? 0) }]);
  cluster.pools = former ? cluster.pools.map(other => (other === former ? pool : other)) : [...cluster.pools, pool];
  const during = former && former.count !== pool.count ? 'Scaling' : 'Updating';
  const operation = changeCluster(arm, cluster, during, 'agentPools/write', request.trouble, async () => {
    keepWithinBounds(cluster);
    await matchNodes(arm, cluster);
  });
  return answerChange(arm, request, cluster, operation, former ? 200 : 201, poolBody(cluster, pool));
}

/**
 * Deletes machines by the names of their nodes, without draining them. The autoscaler then fills an autoscaled pool up
 * to its minimum (AKS, "Delete specific virtual machines from existing node pools").
 */
function deleteMachines(arm: Arm, request: PoolRequest): Answer {
  const { cluster, pool } = idlePool(arm, request);
  const scaleSet = scaleSetsOf(arm.state, cluster).find(candidate => candidate.pool.name === pool.name);
  const names = textsAt(request.json, 'machineNames');
  const known = scaleSet?.instances.map(({ computerName }) => computerName) ?? [];
  const missing = names.find(name => !known.some(computerName => sameName(computerName, name)));
  if (!scaleSet || missing !== undefined)
    throw notFound(`${clusterType}/agentPools/machines`, missing ?? pool.name, cluster.group);
  const operation = changeCluster(
    arm,
    cluster,
    'Updating',
    'agentPools/deleteMachines/action',
    request.trouble,
    async () => {
      dropInstances(scaleSet, names);
      pool.count = scaleSet.instances.length;
      await matchNodes(arm, cluster);
      const short = pool.count;
      keepWithinBounds(cluster);
      if (pool.count !== short) await matchNodes(arm, cluster);
    },
  );
  return answerChange(arm, request, cluster, operation, 202);
}
