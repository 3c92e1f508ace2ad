import type { Target } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { MemberRecord } from '../journal/model.js';
import type { Pod } from '../kubernetes/api/types.js';
import { containersOf, isReady } from '../kubernetes/pods.js';
import type { RolloutLimits } from '../kubernetes/rollout/rollout.js';
import { isSeed } from '../migratorydata/membership.js';
import { containerName } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';
import type { Context } from './context.js';

/** Returns the limits of a wait for members. Only on AKS can an autoscaler add nodes. */
export function rolloutLimits(context: Context, target: Target, timeoutMs: number, note: Note): RolloutLimits {
  return { remainingMs: () => timeoutMs, autoscaled: target.kind === 'aks', redact: context.redact, progress: note };
}

/**
 * Warns of pods that match the labels of the members but are not members: the Services, the disruption budget and the
 * autoscaler select by label. A warning is not repeated.
 */
export function warnOfForeignPods({ journal }: Context, pods: readonly Pod[]): void {
  const list = pods.map(({ metadata }) => metadata.name).join(', ');
  const warning =
    pods.length === 1
      ? `Pod ${list} matches the labels of the members but is not a member: the Services and the disruption budget count it.`
      : `Pods ${list} match the labels of the members but are not members: the Services and the disruption budget count them.`;
  journal.warnOnce(warning);
}

/** Adds the members to the report and the outputs. */
export function reportMembers(
  { journal, ports }: Context,
  pods: readonly Pod[],
  deployment: Deployment,
  cpu?: ReadonlyMap<string, number>,
): void {
  const records = pods.map((pod): MemberRecord => {
    const { name } = pod.metadata;
    const server = containersOf(pod).find(container => container.name === containerName);
    const millicores = cpu?.get(name);
    return {
      name,
      node: pod.spec.nodeName ?? '',
      ready: isReady(pod),
      seed: isSeed(name, deployment),
      restarts: server?.restartCount ?? 0,
      image: server?.image ?? '',
      ...(millicores === undefined ? {} : { cpu: `${millicores}m` }),
    };
  });
  journal.members(records);
  ports.outputs.set('replicas', records.length);
  ports.outputs.set('ready-members', records.filter(({ ready }) => ready).length);
}
