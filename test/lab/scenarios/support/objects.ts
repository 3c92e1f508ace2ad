import type {
  HorizontalPodAutoscaler,
  KubernetesObject,
  Namespace,
  Node,
  Pod,
  PodDisruptionBudget,
  Secret,
  StatefulSet,
} from '../../../../src/kubernetes/api/types.js';
import { controllerOf, isReady, ordinalOf } from '../../../../src/kubernetes/pods.js';
import type { LabApi } from '../../api.js';
import { waitForObjects } from '../../wait.js';

/** Selects the pods of a deployment, by default of the one with the default name. */
const memberQueryOf = (name = 'migratorydata'): string => `labelSelector=app%3D${name}`;

/** The objects of a cluster, which the lab reads itself and not through the action. */
export interface Objects {
  /** Returns the members, the lowest ordinal first. */
  members(namespace: string, name?: string): Promise<readonly Pod[]>;
  /** Returns the pods that carry the label of the members but are not members. */
  foreign(namespace: string): Promise<readonly Pod[]>;
  statefulSet(namespace: string): Promise<StatefulSet>;
  autoscaler(namespace: string): Promise<HorizontalPodAutoscaler>;
  secrets(namespace: string): Promise<readonly Secret[]>;
  namespace(name: string): Promise<Namespace>;
  /** Returns the names of the cordoned nodes. */
  cordoned(): Promise<readonly string[]>;
  /** Resolves with the members when exactly `count` exist and all are Ready. */
  untilReady(namespace: string, count: number): Promise<readonly Pod[]>;
  /** Resolves when another pod of the same name is Ready. */
  untilReplaced(namespace: string, former: Pod | undefined): Promise<void>;
  untilNamespaceGone(name: string): Promise<void>;
  /** Resolves when the disruption budget allows exactly `count` disruptions: its status follows the members. */
  untilDisruptionsAllowed(namespace: string, count: number): Promise<void>;
  /** Resolves with the StatefulSet when its status says that all members have its newest revision. */
  untilUpdated(namespace: string): Promise<StatefulSet>;
  /** Records the pods of a namespace as they appear, until the record is stopped. */
  recordPods(namespace: string): Promise<PodRecord>;
}

export interface PodRecord {
  /** Every observed pod, in the order of its first observation. A replacement is another pod of the same name. */
  readonly pods: readonly Pod[];
  stop(): void;
}

export function objectsOf(api: LabApi): Objects {
  const inNamespace = (namespace: string, kind: string, group = 'api/v1'): string =>
    `/${group}/namespaces/${namespace}/${kind}`;
  const labelled = async (namespace: string, name?: string): Promise<readonly Pod[]> =>
    (await api.list<Pod>(`${inNamespace(namespace, 'pods')}?${memberQueryOf(name)}`)).items;
  return {
    members: async (namespace, name) => byOrdinal((await labelled(namespace, name)).filter(isOfStatefulSet)),
    foreign: async namespace => (await labelled(namespace)).filter(pod => !isOfStatefulSet(pod)),
    statefulSet: namespace => api.request('GET', inNamespace(namespace, 'statefulsets/migratorydata', 'apis/apps/v1')),
    autoscaler: namespace =>
      api.request(
        'GET',
        inNamespace(namespace, 'horizontalpodautoscalers/migratorydata-autoscale', 'apis/autoscaling/v2'),
      ),
    secrets: async namespace => (await api.list<Secret>(inNamespace(namespace, 'secrets'))).items,
    namespace: name => api.request('GET', `/api/v1/namespaces/${name}`),
    async cordoned() {
      const { items } = await api.list<Node>('/api/v1/nodes');
      return items.filter(({ spec }) => spec.unschedulable === true).map(({ metadata }) => metadata.name);
    },
    async untilReady(namespace, count) {
      const path = `${inNamespace(namespace, 'pods')}?${memberQueryOf()}`;
      const done = (pods: readonly Pod[]): boolean => pods.length === count && pods.every(isReady);
      return byOrdinal(await waitForObjects<Pod>(api, path, done));
    },
    async untilReplaced(namespace, former) {
      const { name, uid } = former?.metadata ?? {};
      const path = `${inNamespace(namespace, 'pods')}?fieldSelector=metadata.name%3D${name ?? ''}`;
      await waitForObjects<Pod>(api, path, pods => pods.some(pod => pod.metadata.uid !== uid && isReady(pod)));
    },
    async untilNamespaceGone(name) {
      const path = `/api/v1/namespaces?fieldSelector=metadata.name%3D${name}`;
      await waitForObjects<KubernetesObject>(api, path, found => found.length === 0);
    },
    async untilDisruptionsAllowed(namespace, count) {
      const path = inNamespace(namespace, 'poddisruptionbudgets', 'apis/policy/v1');
      const allows = ([budget]: readonly PodDisruptionBudget[]): boolean =>
        budget?.status?.disruptionsAllowed === count;
      await waitForObjects<PodDisruptionBudget>(api, path, allows);
    },
    async untilUpdated(namespace) {
      const isUpdated = ({ metadata, status }: StatefulSet): boolean =>
        status?.observedGeneration === metadata.generation && status?.currentRevision === status?.updateRevision;
      const path = inNamespace(namespace, 'statefulsets', 'apis/apps/v1');
      const [set] = await waitForObjects<StatefulSet>(api, path, sets => sets.length === 1 && sets.every(isUpdated));
      if (set === undefined) throw new Error('the StatefulSet disappeared');
      return set;
    },
    async recordPods(namespace) {
      const pods: Pod[] = [];
      const stopping = new AbortController();
      const see = (pod: Pod): void => {
        if (!pods.some(({ metadata }) => metadata.uid === pod.metadata.uid)) pods.push(pod);
      };
      await api.watch<Pod>(
        inNamespace(namespace, 'pods'),
        ({ object }) => {
          see(object);
        },
        stopping.signal,
      );
      return {
        pods,
        stop() {
          stopping.abort();
        },
      };
    },
  };
}

export function namesOf(objects: readonly KubernetesObject[]): readonly string[] {
  return objects.map(({ metadata }) => metadata.name);
}

export function uidsOf(objects: readonly KubernetesObject[]): readonly (string | undefined)[] {
  return objects.map(({ metadata }) => metadata.uid);
}

/** Returns the image of each pod's only container. */
export function imagesOf(pods: readonly Pod[]): readonly (string | undefined)[] {
  return pods.map(({ spec }) => spec.containers[0]?.image);
}

function isOfStatefulSet(pod: Pod): boolean {
  return controllerOf(pod)?.kind === 'StatefulSet';
}

function byOrdinal(pods: readonly Pod[]): readonly Pod[] {
  return [...pods].sort((a, b) => ordinalOf(a.metadata.name) - ordinalOf(b.metadata.name));
}
