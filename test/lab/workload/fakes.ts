import type { Node } from '../../../src/kubernetes/api/types.js';
import type { ClusterView } from './cluster-view.js';
import type { EndpointSlice, EnvVar, ExposedService, MemberPod } from './objects.js';

/** A cluster whose objects a test writes; `changed()` is the watch event. */
export interface HandmadeCluster extends ClusterView {
  readonly podList: MemberPod[];
  readonly serviceList: ExposedService[];
  readonly nodeList: Node[];
  /** The nodes without power. */
  readonly dark: Set<string>;
  readonly nodeIsAlive: (nodeName: string) => boolean;
  /** Replaces or adds a pod. */
  put(pod: MemberPod): void;
  remove(name: string): void;
  changed(): void;
}

/**
 * Returns a cluster whose endpoints follow its pods: each Ready pod is a ready endpoint of every Service with a
 * selector.
 */
export function handmadeCluster(): HandmadeCluster {
  const listeners: (() => void)[] = [];
  const podList: MemberPod[] = [];
  const serviceList: ExposedService[] = [someService('migratorydata-hs', { clusterIP: 'None' })];
  const nodeList = ['node-0', 'node-1', 'node-2'].map(someNode);
  const dark = new Set<string>();
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const remove = (name: string): void => {
    const index = podList.findIndex(({ metadata }) => metadata.name === name);
    if (index >= 0) podList.splice(index, 1);
    changed();
  };
  return {
    podList,
    serviceList,
    nodeList,
    dark,
    nodeIsAlive: name => !dark.has(name),
    put(pod) {
      const index = podList.findIndex(({ metadata }) => metadata.name === pod.metadata.name);
      if (index >= 0) podList[index] = pod;
      else podList.push(pod);
      changed();
    },
    remove,
    changed,
    pods: () => podList,
    services: () => serviceList,
    nodes: () => nodeList,
    slicesOf: service => [sliceOf(service, podList)],
    onChange: listener => listeners.push(listener),
  };
}

function someNode(name: string): Node {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec: {}, status: {} };
}

export function someService(name: string, spec: ExposedService['spec']): ExposedService {
  const metadata = { name, namespace: 'migratory', uid: `${name}-uid` };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec };
}

function sliceOf({ metadata, spec }: ExposedService, pods: readonly MemberPod[]): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${metadata.name}-1`, namespace: 'migratory' },
    ports: (spec.ports ?? []).map(({ name, targetPort }) => ({
      ...(name === undefined ? {} : { name }),
      port: Number(targetPort),
    })),
    endpoints: pods.map(pod => ({
      nodeName: pod.spec.nodeName ?? '',
      targetRef: { kind: 'Pod', name: pod.metadata.name, uid: pod.metadata.uid ?? '' },
      conditions: { ready: pod.status.conditions?.some(({ status }) => status === 'True') === true },
    })),
  };
}

export const memberList = [0, 1, 2, 3, 4].map(entryOf);

export function entryOf(ordinal: number): string {
  return `migratorydata-${ordinal}.migratorydata-hs.migratory.svc.cluster.local:8801`;
}

/** Returns the options of a member in Guaranteed mode with three seeds of five members, and with the REST interface. */
export function someOptions(extra: Readonly<Record<string, string>> = {}): string {
  const options: Readonly<Record<string, string>> = {
    ClusterDeliveryMode: 'Guaranteed',
    ClusterSeedMemberCount: '3',
    'Rest.Enable': 'true',
    ClusterMembers: memberList.join(','),
    ClusterMemberListen: '$(POD_NAME).migratorydata-hs.migratory.svc.cluster.local:8801',
    ...extra,
  };
  return Object.entries(options)
    .map(([name, value]) => `-D${name}=${value}`)
    .join(' ');
}

export interface PodWish {
  readonly ordinal: number;
  readonly node?: string;
  readonly uid?: string;
  readonly options?: string;
  readonly env?: readonly EnvVar[];
  readonly restartCount?: number;
}

/** Returns the pod of a running, Ready member, by default on the node of its ordinal. */
export function somePod({ ordinal, env = [], ...wish }: PodWish): MemberPod {
  const name = `migratorydata-${ordinal}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'migratory',
      uid: wish.uid ?? `uid-${ordinal}`,
      labels: { 'app.kubernetes.io/name': 'migratorydata' },
    },
    spec: {
      hostname: name,
      subdomain: 'migratorydata-hs',
      nodeName: wish.node ?? `node-${ordinal}`,
      containers: [
        {
          name: 'migratorydata',
          env: [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            ...env,
            { name: 'MIGRATORYDATA_EXTRA_OPTS', value: wish.options ?? someOptions() },
          ],
        },
      ],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [
        {
          name: 'migratorydata',
          ready: true,
          restartCount: wish.restartCount ?? 0,
          image: 'x',
          state: { running: {} },
        },
      ],
    },
  };
}
