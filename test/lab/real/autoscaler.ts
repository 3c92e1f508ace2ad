import type { Node, Pod } from '../../../src/kubernetes/api/types.js';
import type { LabApi, WatchEvent } from '../api.js';
import { keyOf } from '../workload/objects.js';

/** How often it looks, and how long a new machine may take until pods run on it; in AKS 10 seconds and some minutes. */
const [scanMs, bootMs] = [2_000, 20_000];

/**
 * Adds nodes for pods that the scheduler cannot place, one after the other, as the autoscaler of AKS does. It does not
 * find out first whether a node would help, and it removes none.
 * https://learn.microsoft.com/azure/aks/cluster-autoscaler-overview
 * @param grow adds a node, if the pools allow one more
 */
export async function runAutoscaler(api: LabApi, grow: () => Promise<void>, signal: AbortSignal): Promise<void> {
  const unplaced = new Set<string>();
  let waitsUntilMs = 0;
  const wait = (): void => {
    waitsUntilMs = performance.now() + bootMs;
  };
  const seeNode = ({ type }: WatchEvent<Node>): void => {
    if (type === 'ADDED') wait();
  };
  const seePod = ({ type, object }: WatchEvent<Pod>): void => {
    if (type !== 'DELETED' && isUnschedulable(object)) unplaced.add(keyOf(object));
    else unplaced.delete(keyOf(object));
  };
  await api.watch<Node>('/api/v1/nodes', seeNode, signal);
  await api.watch<Pod>('/api/v1/pods?fieldSelector=status.phase%3DPending', seePod, signal);
  const timer = setInterval(() => {
    if (unplaced.size === 0 || performance.now() < waitsUntilMs) return;
    wait();
    // A machine that cannot boot is a problem of its node, which stays without one.
    grow().catch(() => undefined);
  }, scanMs);
  signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
}

function isUnschedulable({ status }: Pod): boolean {
  return status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable') === true;
}
