import { recordAnnotation } from '../../src/chaos/revert/annotation-keys.js';
import type {
  ConfigMap,
  HorizontalPodAutoscaler,
  KubernetesObject,
  Node,
  Pod,
  StatefulSet,
} from '../../src/kubernetes/api/types.js';
import { isNodeReady } from '../../src/kubernetes/nodes.js';
import { isReady } from '../../src/kubernetes/pods.js';
import type { Lab, LabCluster } from '../lab/lab.js';
import { inventory, logIn, startAzureJob } from '../lab/scenarios/support/azure-job.js';
import { leftoversOf } from '../lab/scenarios/support/leftovers.js';
import { namesOf, objectsOf } from '../lab/scenarios/support/objects.js';
import type { Steps } from '../lab/scenarios/support/steps.js';
import { waitForObjects } from '../lab/wait.js';

const namespace = 'migratory';
const [group, clusterName] = ['rg-kills', 'aks-kills'];
/** A group of others, with a cluster of theirs, in which clusters of this run may be created. */
export const foreignGroup = 'rg-foreign';
/** The beginning of the names of clusters whose creation is killed. */
export const shortLived = 'aks-kill-';
const members = 3;

/** A deployment with an autoscaler, and what belongs to others: a group with a cluster, a cordoned node, and a pod. */
export interface KillWorld {
  readonly lab: Lab;
  readonly cluster: LabCluster;
  /** Two runners of one run: a step is killed on either, and the next one runs on the same or on the other. */
  readonly runners: readonly [Steps, Steps];
  readonly deploy: () => Promise<void>;
  /** Lets the time come at which a group, and the cluster in it, expire. */
  readonly expire: (group: string) => void;
  /** Returns what an experiment has changed, and whether a revert record says so. To be called when no step runs. */
  readonly changes: () => Promise<{ readonly changed: readonly string[]; readonly recorded: boolean }>;
  /** Returns what differs from the beginning, once Azure and Kubernetes have done what was requested of them. */
  differences(): Promise<readonly string[]>;
}

export async function startKillWorld(lab: Lab): Promise<KillWorld> {
  await logIn(lab);
  const common = { 'resource-group': group, 'cluster-name': clusterName };
  const runners = [await startAzureJob(lab, { common }), await startAzureJob(lab, { common })] as const;
  const [job] = runners;
  await job.pass({ operation: 'create', 'node-count': '4' });
  const cluster = lab.cluster(clusterName);
  const deploy = async (): Promise<void> => {
    await job.pass({ operation: 'deploy' });
    await job.pass({ operation: 'autoscale' });
  };
  await addForeign(lab, cluster);
  await deploy();
  const world = { lab, cluster };
  const before = await settled(world);
  return {
    ...{ lab, cluster, runners, deploy },
    expire(name) {
      const anHourAgo = String(Math.floor(Date.now() / 1000) - 3600);
      const { groups, clusters } = lab.azure.resources();
      for (const item of [
        ...groups.filter(found => found.name === name),
        ...clusters.filter(found => found.group === name),
      ]) {
        if ('expires-at' in item.tags) item.tags = { ...item.tags, 'expires-at': anHourAgo };
      }
    },
    async changes() {
      const changed = differing(before.reverted, await reverted(world));
      return { changed, recorded: await hasRecord(cluster) };
    },
    async differences() {
      return differing(
        { ...before.reverted, ...before.rest },
        await settled(world).then(now => ({ ...now.reverted, ...now.rest })),
      );
    },
  };
}

/** Facts by name; the text says what is the case. */
type Facts = Readonly<Record<string, string>>;

function differing(before: Facts, now: Facts): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter(name => before[name] !== now[name])
    .map(name => `${name} is ${now[name] ?? 'gone'}, was ${before[name] ?? 'absent'}`);
}

async function addForeign({ azure }: Lab, { api }: LabCluster): Promise<void> {
  azure.place.group({ name: foreignGroup, tags: { team: 'shop' } });
  await azure.place.cluster({ group: foreignGroup, name: 'theirs', tags: { team: 'shop' } });
  const { items } = await api.list<Node>('/api/v1/nodes');
  for (const { metadata } of items)
    await patchNode(api, metadata.name, { metadata: { annotations: { 'example.com/team': 'shop' } } });
  const name = items.at(-1)?.metadata.name ?? '';
  // The taint keeps the members away, so that the cordon is no reason to skip an experiment.
  await patchNode(api, name, {
    spec: { unschedulable: true, taints: [{ key: 'example.com/gpu', effect: 'NoSchedule' }] },
  });
  await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'shop' } });
  const spec = { nodeName: name, containers: [{ name: 'web', image: 'web:1' }] };
  await api.request('POST', '/api/v1/namespaces/shop/pods', { metadata: { name: 'web' }, spec });
}

async function patchNode(api: LabCluster['api'], name: string, patch: object): Promise<void> {
  await api.patch(`/api/v1/nodes/${name}`, patch);
}

type World = Pick<KillWorld, 'lab' | 'cluster'>;

/** Returns what an experiment changes, and must record before. Objects that do not exist have no fact. */
async function reverted({ lab, cluster: { api } }: World): Promise<Facts> {
  const inNamespace = (path: string): string => path.replace('*', `namespaces/${namespace}`);
  const [nodes, sets, scalers] = await Promise.all([
    api.list<Node>('/api/v1/nodes'),
    api.list<StatefulSet>(inNamespace('/apis/apps/v1/*/statefulsets')),
    api.list<HorizontalPodAutoscaler>(inNamespace('/apis/autoscaling/v2/*/horizontalpodautoscalers')),
  ]);
  const { clusters, scaleSets } = lab.azure.resources();
  return Object.fromEntries([
    ...nodes.items.map(({ metadata, spec }) => [
      `node ${metadata.name}`,
      JSON.stringify([spec.unschedulable, sorted(metadata.annotations), sorted(metadata.labels)]),
    ]),
    // A deletion of the deployment is no experiment.
    ...[sets.items.length === 0 ? members : sets.items[0]?.spec.replicas].map(count => ['members', String(count)]),
    ...[scalers.items.at(0)?.spec ?? { minReplicas: members, maxReplicas: 5 }].map(({ minReplicas, maxReplicas }) => [
      'autoscaler',
      `${String(minReplicas)} to ${maxReplicas}`,
    ]),
    ...clusters
      .filter(({ name }) => name === clusterName)
      .flatMap(({ pools }) =>
        pools.map(({ name, autoscaling, tags }) => [`pool ${name}`, JSON.stringify([autoscaling, tags])]),
      ),
    ...scaleSets
      .filter(({ id }) => id.includes(`_${clusterName}_`))
      .flatMap(({ instances }) => instances.map(({ computerName, power }) => [`machine ${computerName}`, power])),
  ]) as Facts;
}

function sorted(map: Readonly<Record<string, string>> = {}): readonly (readonly [string, string])[] {
  return Object.entries(map).toSorted(([a], [b]) => a.localeCompare(b));
}

async function hasRecord({ api }: LabCluster): Promise<boolean> {
  const [maps, nodes] = await Promise.all([
    api.list<ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps`),
    api.list<Node>('/api/v1/nodes'),
  ]);
  return (
    namesOf(maps.items).includes('migratorydata-aks-mark') ||
    nodes.items.some(({ metadata }) => metadata.annotations?.[recordAnnotation] !== undefined)
  );
}

/** Waits until nothing of what was requested goes on, and returns what was found. */
async function settled(world: World): Promise<{ readonly reverted: Facts; readonly rest: Facts }> {
  const { lab, cluster } = world;
  const { api } = cluster;
  await lab.azure.idle();
  const objects = objectsOf(api);
  const pods = await objects.untilReady(namespace, members);
  // Kubernetes removes the taint of a cordon, and of a machine that was off, a moment later.
  await waitForObjects<Node>(api, '/api/v1/nodes', nodes =>
    nodes.every(({ spec }) => spec.unschedulable === true || !spec.taints?.length),
  );
  const [nodes, foreignPods, left] = await Promise.all([
    api.list<Node>('/api/v1/nodes'),
    api.list<Pod>('/api/v1/namespaces/shop/pods'),
    leftoversOf(cluster, namespace),
  ]);
  const { groups, clusters } = inventory(lab);
  const writes = lab.azure
    .requests()
    .filter(({ method, path }) => method !== 'GET' && path.toLowerCase().includes(foreignGroup))
    .filter(({ path }) => !path.includes(shortLived));
  const rest = {
    'not Ready': namesOf([
      ...pods.filter(pod => !isReady(pod)),
      ...nodes.items.filter(node => !isNodeReady(node)),
    ]).join(),
    'nodes with a member': String(new Set(pods.map(({ spec }) => spec.nodeName)).size),
    leftovers: left.toSorted().join(),
    'pods of others': foreignPods.items.map(({ metadata }: KubernetesObject) => metadata.uid).join(),
    groups: groups.join(),
    clusters: clusters.join(),
    'writes to the group of others': String(writes.length),
  };
  return { reverted: await reverted(world), rest };
}
