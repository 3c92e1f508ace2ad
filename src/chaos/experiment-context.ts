import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Node, Pod, PodDisruptionBudget, StatefulSet } from '../kubernetes/api/types.js';
import { membersAmong, type MemberSet } from '../kubernetes/pods.js';
import type { RolloutLimits } from '../kubernetes/rollout/rollout.js';
import { type AnnotatedAutoscaler, findAutoscaler } from '../kubernetes/scaling.js';
import type { AzureCluster, Machines } from './machines-port.js';
import type { ClientEndpoint } from './measurement/client-endpoint.js';
import type { ConnectElsewhere } from './measurement/probe.js';
import type { ChaosSettings } from './settings.js';

/** The context of an experiment. */
export interface ExperimentContext {
  readonly api: KubernetesApi;
  readonly members: MemberSet;
  readonly budgetName: string;
  readonly maxReplicas: number;
  readonly seedMembers: number;
  readonly isSeed: (podName: string) => boolean;
  readonly chaos: ChaosSettings;
  /** How long the fault of this experiment is held, in milliseconds. */
  readonly holdMs: number;
  /** The holder in the Lease of this run. */
  readonly holder: string;
  /** The client Service. */
  readonly serviceName: string;
  /** Limits of waits for members without a fault. */
  readonly limits: RolloutLimits;
  /** Undefined if the provider is not aks. */
  readonly machines: Machines | undefined;
  /** Waits between two members of a rolling experiment: for a round trip of a message, or for the configured pause. */
  readonly settle: (api: KubernetesApi) => Promise<void>;
  readonly note: Note;
  /** Returns whether this repository created the cluster; always false if the provider is not aks. */
  readonly ownsCluster: () => Promise<boolean>;
  /** The cluster in Azure, for a revert by another run. */
  readonly cluster: AzureCluster | undefined;
  /** Returns the endpoint that clients connect to. With node ports, it avoids the nodes of the targets. */
  clientEndpointFor(state: ClusterState, targets: readonly string[]): ClientEndpoint;
  /** Opens a connection to the API server; undefined if its address is not known. */
  readonly connectElsewhere: ConnectElsewhere | undefined;
  /**
   * Records in the undo log that a revert record may be in the cluster, before it is written. Returns a function that
   * removes the entry.
   */
  guard(): () => void;
  /**
   * Runs `body` while no other run changes nodes of this cluster, with a signal that aborts when that is no longer
   * certain. Throws ActionError `locked` when another run does so for too long.
   */
  underNodesLock<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/**
 * The ports through which a fault changes the cluster: before each change, they confirm that no other run has taken
 * over. The ports of the context are for reads and for the revert.
 */
export interface FaultPorts {
  readonly api: KubernetesApi;
  readonly machines: Machines | undefined;
}

/** The state of the cluster before the experiment changes anything. */
export interface ClusterState {
  /** The nodes with members. Other nodes belong to others, and there may be very many. */
  readonly nodes: readonly Node[];
  /** The StatefulSet that controls the members. */
  readonly statefulSet: StatefulSet;
  readonly members: readonly Pod[];
  readonly replicas: number;
  /** Undefined without a disruption budget. */
  readonly allowedDisruptions: number | undefined;
  readonly autoscaler: AnnotatedAutoscaler | undefined;
}

export async function observeCluster({ api, members, budgetName }: ExperimentContext): Promise<ClusterState> {
  const { namespace, name, labels } = members;
  const [pods, statefulSet, allowedDisruptions, autoscaler] = await Promise.all([
    api.list('Pod', { namespace, labels }, 'list the members'),
    api.get('StatefulSet', { namespace, name }, 'read the number of members'),
    readAllowedDisruptions(api, namespace, budgetName),
    findAutoscaler(api, members),
  ]);
  const replicas = statefulSet.spec.replicas ?? 1;
  const found = membersAmong(pods.items, statefulSet);
  const nodeNames = [...new Set(found.flatMap(({ spec }) => spec.nodeName ?? []))].sort();
  const nodes = await Promise.all(nodeNames.map(node => api.find('Node', { name: node }, `read node ${node}`)));
  return {
    nodes: nodes.filter(node => node !== undefined),
    statefulSet,
    members: found,
    replicas,
    allowedDisruptions,
    autoscaler,
  };
}

/** How long a controller may take to count the pods of a budget again, and how often that is read. */
const recountMs = 5_000;
const recountPollMs = 250;

/** Returns how many evictions the budget allows now; undefined without a budget. */
export async function readAllowedDisruptions(
  api: KubernetesApi,
  namespace: string,
  name: string,
): Promise<number | undefined> {
  return allowedBy(await findBudget(api, namespace, name));
}

/** Like `readAllowedDisruptions`, when all members have been counted after the last change, or after 5 s. */
export async function readRecountedDisruptions(
  api: KubernetesApi,
  namespace: string,
  name: string,
  replicas: number,
): Promise<number | undefined> {
  const deadlineMs = api.clock.now() + recountMs;
  for (;;) {
    const budget = await findBudget(api, namespace, name);
    if (budget === undefined || isRecounted(budget, replicas) || api.clock.now() >= deadlineMs)
      return allowedBy(budget);
    await api.clock.sleep(recountPollMs, api.signal);
  }
}

function findBudget(api: KubernetesApi, namespace: string, name: string): Promise<PodDisruptionBudget | undefined> {
  return api.find('PodDisruptionBudget', { namespace, name }, 'read the disruption budget');
}

function allowedBy(budget: PodDisruptionBudget | undefined): number | undefined {
  return budget && (budget.status?.disruptionsAllowed ?? 0);
}

/**
 * An eviction lowers `disruptionsAllowed` before its pod is counted as lost, and a new pod raises it when it has been
 * counted (https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/pod-disruption-budget-v1). Between the
 * two, a budget with a number in `minAvailable` expects only the pods that exist
 * (https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/controller/disruption/disruption.go, getExpectedPodCount).
 */
function isRecounted({ status }: PodDisruptionBudget, replicas: number): boolean {
  if (status === undefined) return true;
  const { disruptionsAllowed, currentHealthy, desiredHealthy, expectedPods } = status;
  if (currentHealthy !== expectedPods || expectedPods < replicas) return false;
  return disruptionsAllowed === Math.max(0, currentHealthy - desiredHealthy);
}
