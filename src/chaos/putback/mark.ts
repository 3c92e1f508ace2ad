import type { FoundAutoscaler } from '../../kubernetes/scaling.js';
import type { Machine, PoolBounds } from '../machines.js';

/** All that an experiment may have to undo: the state as it was found. Undoing is idempotent, whatever was done. */
export interface Undo {
  /** Nodes that the experiment cordons; those that were found cordoned are not among them. */
  readonly cordons: readonly string[];
  /** Machines that it stops. */
  readonly machines: readonly { readonly node: string; readonly uid: string; readonly machine: Machine }[];
  /** Machines whose kubelet it stops. */
  readonly kubelets: readonly { readonly node: string; readonly uid: string; readonly machine: Machine }[];
  /** The number of members, where it changes that; undefined: it does not. */
  readonly replicas: number | undefined;
  /** The autoscaled pool that it takes a node from, with the nodes in service and the bounds it had. */
  readonly pool: { readonly name: string; readonly nodes: number; readonly bounds: PoolBounds } | undefined;
}

export const nothingToUndo: Undo = {
  cordons: [],
  machines: [],
  kubelets: [],
  replicas: undefined,
  pool: undefined,
};

/**
 * The write-ahead mark of an experiment: a ConfigMap in the namespace of the deployment, written before the first change
 * and removed after the last has been undone. The nodes that are disturbed carry copies, which outlast the namespace.
 * Whoever finds one can put the cluster back.
 */
export interface Mark {
  readonly version: 1;
  /** Of the deployment: several in one cluster know by it which copies are theirs. */
  readonly namespace: string;
  /** Who wrote it: repository, run, attempt and instance. */
  readonly holder: string;
  readonly experiment: string;
  readonly writtenAt: string;
  /** When the experiment should have ended by itself. */
  readonly deadline: string;
  readonly undo: Undo;
  /** The members' autoscaler with the bounds it had; it is frozen in every experiment. */
  readonly autoscaler: FoundAutoscaler | undefined;
  /** Nodes that were annotated so that the cluster autoscaler keeps them; others had the annotation already. */
  readonly held: readonly string[];
  /** The cluster in Azure; undefined where the provider is not aks. */
  readonly cluster:
    { readonly subscriptionId: string; readonly resourceGroup: string; readonly clusterName: string } | undefined;
}

/** The mark that a text holds; undefined when it is none that this version understands. */
export function parseMark(text: string): Mark | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isMark(parsed) ? parsed : undefined;
}

function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null) return false;
  const { version, namespace, holder, experiment, undo, held } = value as Partial<Record<keyof Mark, unknown>>;
  if (version !== 1 || ![namespace, holder, experiment].every(text => typeof text === 'string')) return false;
  const { cordons, machines, kubelets } = (undo ?? {}) as Partial<Record<keyof Undo, unknown>>;
  return [held, cordons, machines, kubelets].every(Array.isArray);
}
