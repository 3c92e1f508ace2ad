import { isBackOrGone } from '../kubernetes/nodes.js';
import { containerIdsOf } from '../kubernetes/pods.js';
import type { RolloutGoal } from '../kubernetes/rollout.js';
import type { Pod } from '../kubernetes/types.js';
import { waitUntil } from '../kubernetes/wait-until.js';
import type { ExperimentContext } from './experiment-context.js';
import type { Fault, Proof } from './experiment.js';

/** What the members must come to after a fault that affected those of `before`. */
export function recoveryGoal(fault: Fault, before: readonly Pod[]): Pick<RolloutGoal, 'gone' | 'restarted'> {
  const mode = fault.recoveryMode();
  if (mode === 'replaced') return { gone: before.flatMap(({ metadata }) => metadata.uid ?? []) };
  return mode === 'restarted' ? { restarted: before } : {};
}

/** Whether the nodes that the fault acted on are in service within a time; those that are gone for good are fine. */
export function areNodesInService({ api }: ExperimentContext, { targets }: Fault, timeoutMs: number): Promise<boolean> {
  return waitUntil(
    api,
    [{ kind: 'Node' }],
    observation => targets.every(({ name, uid }) => isBackOrGone(observation.find('Node', name), uid)),
    timeoutMs,
  );
}

/**
 * What speaks against a fault that must leave its members as they were: something else has happened to them. Undefined
 * when nothing does.
 */
export function interference(fault: Fault, before: readonly Pod[], now: readonly Pod[]): Proof | undefined {
  if (fault.recoveryMode() !== 'untouched') return undefined;
  const ids = new Set(now.flatMap(containerIdsOf));
  const others = before.filter(pod => !containerIdsOf(pod).every(id => ids.has(id)));
  if (others.length === 0) return undefined;
  const told = others.map(({ metadata }) => metadata.name).join(', ');
  return { confirmed: false, detail: `${told} was restarted or replaced, which this fault does not do.` };
}
