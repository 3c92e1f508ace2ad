import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { evictionCommand } from '../../kubernetes/api/kubectl-equivalents.js';
import type { StatefulSet } from '../../kubernetes/api/types.js';
import { drainOthers } from '../../kubernetes/drain-others.js';
import type { RolloutLimits } from '../../kubernetes/rollout/rollout.js';
import { type CommandStep, unknownName } from '../../runtime/command-line.js';
import type { ExperimentContext } from '../experiment-context.js';
import type { Fault } from '../experiment.js';
import type { ChaosSettings } from '../settings.js';

/**
 * More than the usual grace period of a pod and the minute until a replacement is Ready, in milliseconds. At most half
 * of the rest of `max-recovery` is used, so that pods of others do not make an experiment fail.
 */
const othersTimeoutMs = 150_000;

/** What an experiment does with the pods of its nodes that are not members. */
export interface OtherPods {
  /** Evicts them from a cordoned node with `drain-scope` all; otherwise does nothing. */
  drain(api: KubernetesApi, node: string, limits: RolloutLimits): Promise<void>;
  /** Returns how many were moved, and which stayed, with the reasons. */
  readonly facts: Fault['facts'];
}

export function otherPods({ chaos, note }: ExperimentContext, statefulSet: StatefulSet): OtherPods {
  if (chaos.drainScope === 'members') return { drain: () => Promise.resolve(), facts: () => ({}) };
  const all = { moved: 0, left: [] as string[] };
  return {
    async drain(api, node, limits) {
      const timeoutMs = Math.min(othersTimeoutMs, limits.remainingMs() / 2);
      const { moved, left } = await drainOthers(api, { node, statefulSet, timeoutMs });
      all.moved += moved.length;
      all.left.push(...left);
      if (moved.length > 0) note(`Also moved off node ${node}: ${moved.join(', ')}.`);
      if (left.length > 0) note(`Not moved off node ${node}: ${left.join('; ')}.`);
    },
    facts: () => ({ otherPodsMoved: all.moved, ...(all.left.length > 0 && { otherPodsLeft: all.left.join('; ') }) }),
  };
}

/** The eviction of one other pod, for a dry run; only the cluster knows which pods are on the node. */
export function otherPodsCommands({ drainScope }: ChaosSettings): readonly CommandStep[] {
  if (drainScope === 'members') return [];
  const pod = { namespace: unknownName('namespace'), name: unknownName('other-pod') };
  return [evictionCommand(pod, 'UID', `evict ${pod.name}`)];
}
