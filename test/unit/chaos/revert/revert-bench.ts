import type { Machine, Machines, NodePool, PoolBounds } from '../../../../src/chaos/machines-port.js';
import { cordon } from '../../../../src/chaos/revert/cordon.js';
import { holdNodes } from '../../../../src/chaos/revert/node-annotations.js';
import { nothingToRevert } from '../../../../src/chaos/revert/original-state.js';
import type { RevertResult } from '../../../../src/chaos/revert/revert-attempts.js';
import { writeRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import { revertAll } from '../../../../src/chaos/revert/revert.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import { membersOf } from '../../../../src/migratorydata/object-names.js';
import type { FakeCluster, Json, Received } from '../../kubernetes/fake-cluster.js';
import { podOf, pods, setOf, statefulSets } from '../../kubernetes/samples.js';

/** Keeps the cluster autoscaler from removing a node, and what keeps node auto-provisioning from that. */
export const held = 'cluster-autoscaler.kubernetes.io/scale-down-disabled';
export const undisrupted = 'karpenter.sh/do-not-disrupt';
export const nodes = '/api/v1/nodes';
export const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
const subscriptionId = '0b1f6471-1bf0-4dda-aec3-cb9272f09590';
export const seedMembers = 3;
export const maxReplicas = 5;

/** The machine of a node: node a has instance 0, and so on. */
export function machineOf(node: string): Machine {
  const instanceId = String(node.charCodeAt(0) - 'a'.charCodeAt(0));
  return { subscriptionId, resourceGroup: 'mc_rg', scaleSet: 'aks-pool-vmss', instanceId };
}

export const record: RevertRecord = {
  version: 1,
  namespace: 'ns',
  deployment: 'migratorydata',
  holder: 'acme/shop/1/check-0',
  experiment: 'drain',
  writtenAt: '2026-01-01T00:00:00.000Z',
  deadline: '2026-01-01T00:20:00.000Z',
  undo: { ...nothingToRevert, cordons: ['a'] },
  autoscaler: undefined,
  probePod: undefined,
  held: ['a', 'b'],
  seedsPerNode: [seedMembers],
  cluster: undefined,
};

/** A change of the cluster in a few words; undefined for all other requests. */
export function changeOf({ method, path, body }: Received): string | undefined {
  if (method === 'GET') return undefined;
  if (path.endsWith('/configmaps')) return 'write record';
  if (method === 'DELETE' && path.endsWith('/migratorydata-aks-mark')) return 'remove record';
  const [, minimum, maximum] = /"minReplicas":(\d+),"maxReplicas":(\d+)/.exec(body) ?? [];
  if (minimum !== undefined) return `bounds of members ${minimum}-${maximum}`;
  if (path.endsWith('/scale')) return `scale to ${/\d+/.exec(body)?.[0] ?? ''}`;
  const [, node] = /^\/api\/v1\/nodes\/(.*)$/.exec(path) ?? [];
  if (node === undefined) return undefined;
  const verbs = { '"unschedulable":true': 'cordon', '"unschedulable":null': 'uncordon', '"true"': 'hold' };
  const [, verb = 'release'] = Object.entries(verbs).find(([text]) => body.includes(text)) ?? [];
  return `${verb} ${node}`;
}

/** Adds a node of the pool with its machine, Ready unless `more` says otherwise. */
export function putNode(cluster: FakeCluster, name: string, more: Partial<Record<string, object>> = {}): void {
  const { instanceId, scaleSet } = machineOf(name);
  const providerID = `azure:///subscriptions/${subscriptionId}/resourceGroups/mc_rg/providers/Microsoft.Compute/virtualMachineScaleSets/${scaleSet}/virtualMachines/${instanceId}`;
  const {
    labels = {},
    annotations = {},
    spec = {},
    status = { conditions: [{ type: 'Ready', status: 'True' }] },
  } = more;
  const own = { 'kubernetes.azure.com/agentpool': 'users', 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const metadata = { name, uid: `uid-${name}`, annotations, labels: { ...own, ...labels } };
  cluster.put(nodes, { metadata, spec: { providerID, ...spec }, status });
}

/** Renews the Lease of a kubelet. */
export function renewLease(cluster: FakeCluster, node: string, leaseDurationSeconds = 1): void {
  renewals += 1;
  const renewTime = new Date(renewals * 1000).toISOString();
  cluster.put(leases, { metadata: { name: node }, spec: { leaseDurationSeconds, renewTime } });
}
let renewals = 0;

/** Adds a StatefulSet with a member list and seed members. */
export function putMembers(cluster: FakeCluster, replicas: number): void {
  const list = Array.from({ length: maxReplicas }, (_, ordinal) => `m-${ordinal}:8801`).join(',');
  const value = `-DClusterMembers=${list} -DClusterSeedMemberCount=${seedMembers}`;
  const env = [{ name: 'MIGRATORYDATA_EXTRA_OPTS', value }];
  const set = setOf(replicas);
  cluster.put(statefulSets, {
    ...set,
    spec: { ...set.spec, template: { spec: { containers: [{ name: 'migratorydata', env }] } } },
  });
  for (let ordinal = 0; ordinal < replicas; ordinal += 1) cluster.put(pods, podOf(ordinal));
}

/** Deploys three members on nodes a, b and c, and starts an experiment on node a. */
export async function startExperiment(
  cluster: FakeCluster,
  by: RevertRecord = record,
  api = cluster.api(),
): Promise<KubernetesApi> {
  for (const name of ['a', 'b', 'c']) {
    putNode(cluster, name);
    renewLease(cluster, name);
  }
  putMembers(cluster, 3);
  await writeRecord(api, by);
  await holdNodes(api, by, ['a']);
  await cordon(api, 'a', by.holder);
  return api;
}

export function revertBy(
  api: KubernetesApi,
  by: RevertRecord = record,
  machines?: Machines,
  { timeoutMs = 10_000, knownForMs = 3_600_000 } = {},
): Promise<RevertResult> {
  const limits = { remainingMs: () => timeoutMs, autoscaled: false, redact: (text: string) => text };
  const members = membersOf({ namespace: 'ns', name: 'migratorydata' });
  const known = { fence: undefined, started: new Map<string, string>(), knownMs: api.clock.now() - knownForMs };
  return revertAll({ api, members, machines, limits, note: () => undefined, ...known }, by);
}

/** The machines of the cluster, with one pool. `done` lists the calls. A start makes the kubelet renew its Lease. */
export class FakeMachines {
  readonly done: string[] = [];
  leaseSeconds = 1;
  pool: NodePool | undefined = poolOf({ minCount: 1, maxCount: 5 });
  /** Instances without a node. */
  readonly nodeless = new Map<string, Machine>();

  readonly #cluster: FakeCluster;
  readonly #soon: (action: () => void) => void;

  constructor(cluster: FakeCluster, soon = (action: () => void): void => void setTimeout(action, 20).unref()) {
    this.#cluster = cluster;
    this.#soon = soon;
  }

  get port(): Machines {
    const start = (verb: string) => (machine: Machine) => {
      this.done.push(`${verb} ${machine.resourceGroup}/${machine.scaleSet}/${machine.instanceId}`);
      const node = String.fromCharCode('a'.charCodeAt(0) + Number(machine.instanceId));
      this.#soon(() => {
        renewLease(this.#cluster, node, this.leaseSeconds);
      });
      return Promise.resolve();
    };
    return {
      findByNode: (_: string, node: string) => Promise.resolve(this.nodeless.get(node)),
      start: start('start'),
      startKubelet: start('start kubelet'),
      pool: () => Promise.resolve(this.pool),
      settledPool: () => Promise.resolve(this.pool),
      restorePoolBounds: (name: string) => {
        const { minCount, maxCount } = this.pool?.formerBounds ?? { minCount: 0, maxCount: 0 };
        return Promise.resolve(void this.done.push(`bounds of ${name}: ${minCount} to ${maxCount}`));
      },
    } as Partial<Machines> as Machines;
  }
}

export function poolOf(bounds: PoolBounds, formerBounds?: PoolBounds): NodePool {
  return { name: 'users', count: 3, bounds, formerBounds };
}

const nodeOf = (cluster: FakeCluster, name: string): Json | undefined => cluster.get(`${nodes}/${name}`);
export const annotationsOf = (cluster: FakeCluster, name: string): object | undefined =>
  nodeOf(cluster, name)?.metadata['annotations'] as object | undefined;
export const isCordoned = (cluster: FakeCluster, name: string): boolean =>
  (nodeOf(cluster, name)?.['spec'] as { readonly unschedulable?: boolean }).unschedulable === true;
