import type { Note } from '../../journal/journal.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import type { RolloutLimits } from '../../kubernetes/rollout/rollout.js';
import type { Fence } from '../../runtime/ports.js';
import type { ExperimentContext } from '../experiment-context.js';
import type { Machines } from '../machines-port.js';
import type { RevertRecord } from './revert-record.js';

/** The inputs of a revert. Its signal is not the one of the experiment. */
export interface RevertContext {
  readonly api: KubernetesApi;
  readonly members: MemberSet;
  /** Undefined when the provider is not aks. */
  readonly machines: Machines | undefined;
  readonly limits: RolloutLimits;
  readonly note: Note;
  /**
   * Confirms that this run may still revert the record, before each change that could do harm a second time. Undefined
   * when the record is gone with its namespace, and only its copies remain.
   */
  readonly fence: Fence | undefined;
  /**
   * The nodes whose machine or kubelet this process has started, with the last renewal of the kubelet's Lease after
   * that. Any other machine that seems to run may be about to stop.
   */
  readonly started: Map<string, string | undefined>;
  /**
   * When this process wrote or first read the record, by the monotonic clock, in milliseconds. The times in the record
   * are from the clock of another machine.
   */
  readonly knownMs: number;
}

/** What the process that has a record open knows of it. */
export type RecordState = Pick<RevertContext, 'started' | 'fence' | 'knownMs'>;

/** What a revert has done so far, kept from one try of a step to the next. */
export interface RevertProgress {
  /** The record, with what the revert itself changes for a moment. */
  record: RevertRecord;
  /** Whether the former number of members was requested. */
  scaledBack: boolean;
}

/** Returns the context of a revert with a new signal, because the revert continues after the experiment is aborted. */
export function revertContextOf(
  { api, members, machines, limits, note }: ExperimentContext,
  timeoutMs: number,
  { started, fence, knownMs }: RecordState,
): RevertContext {
  const signal = AbortSignal.timeout(timeoutMs);
  const bound = { api: api.withSignal(signal), machines: machines?.withSignal(signal) };
  return { ...bound, members, limits, note, fence, started, knownMs };
}

/** Returns the API for the changes of a revert that could do harm a second time, such as a scale-in. */
export function fencedApi({ api, fence }: RevertContext): KubernetesApi {
  return fence === undefined ? api : api.withFence(fence);
}
