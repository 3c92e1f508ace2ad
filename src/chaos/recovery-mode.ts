import type { Pod } from '../kubernetes/api/types.js';
import { waitUntil } from '../kubernetes/informer/wait-until.js';
import { isBackOrGone, nodeNamed } from '../kubernetes/nodes.js';
import { containerIdsOf } from '../kubernetes/pods.js';
import type { RolloutGoal } from '../kubernetes/rollout/rollout.js';
import type { ExperimentContext } from './experiment-context.js';
import type { Fault, Proof } from './experiment.js';

/** Returns the state that counts as recovery; `before` are the affected members as they were before the fault. */
export function recoveryGoal(fault: Fault, before: readonly Pod[]): Pick<RolloutGoal, 'gone' | 'restarted'> {
  const mode = fault.recoveryMode();
  if (mode === 'replaced') return { gone: before.flatMap(({ metadata }) => metadata.uid ?? []) };
  return mode === 'restarted' ? { restarted: before } : {};
}

/** Returns whether the target nodes are in service within a time. Nodes that no longer exist do not count. */
export function areNodesInService({ api }: ExperimentContext, { targets }: Fault, timeoutMs: number): Promise<boolean> {
  return waitUntil(
    api,
    targets.map(({ name }) => nodeNamed(name)),
    observation => targets.every(({ name, uid }) => isBackOrGone(observation.find('Node', name), uid)),
    timeoutMs,
  );
}

/**
 * Returns a negative proof when members of a fault with mode `untouched` were restarted or replaced, which something
 * else must have caused; undefined otherwise.
 */
export function interference(fault: Fault, before: readonly Pod[], now: readonly Pod[]): Proof | undefined {
  if (fault.recoveryMode() !== 'untouched') return undefined;
  const ids = new Set(now.flatMap(containerIdsOf));
  const changed = before.filter(pod => !containerIdsOf(pod).every(id => ids.has(id)));
  if (changed.length === 0) return undefined;
  const names = changed.map(({ metadata }) => metadata.name).join(', ');
  return { confirmed: false, detail: `${names} was restarted or replaced, but not by this fault.` };
}
