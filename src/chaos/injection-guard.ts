import { isReady, membersAmong } from '../kubernetes/pods.js';
import type { RolloutLimits } from '../kubernetes/rollout/rollout.js';
import { quorumOf } from '../migratorydata/membership.js';
import { formatDuration } from '../runtime/duration.js';
import type { ClusterState, ExperimentContext } from './experiment-context.js';
import type { Measurement } from './measurement/measurement.js';

/** How often the guard checks the length of the outage, in milliseconds. */
const checkMs = 250;

/** Why an injection does not take its next step, as a sentence. The fault is reverted, and its measurement continues. */
export class InjectionStopped extends Error {}

/** The limits of the waits of an injection, which asks before each of its steps. */
export interface InjectionLimits extends RolloutLimits {
  /** Aborts with the step, and as the signal of the guard does. */
  readonly signal: AbortSignal;
  /**
   * Resolves when the next step may be taken; `member` is the name of the member that it removes.
   * @throws InjectionStopped when no client can connect, or when the step would take the quorum of the seed members.
   */
  readonly beforeStep: (member?: string) => Promise<void>;
  /** Called when Kubernetes has accepted the removal of a member, with the time of the clock at which it was sent. */
  readonly tookEffect: (sentMs: number) => void;
}

/** Watches the clients while a fault is injected and held. */
export interface InjectionGuard {
  /** Aborts with InjectionStopped after twice the allowed outage and 2 s, when the verdict is clear. */
  readonly signal: AbortSignal;
  readonly limits: InjectionLimits;
  close(): void;
}

/**
 * Starts the guard of an injection. A fault that makes the cluster unavailable on purpose is not stopped because clients
 * fail.
 */
export function startGuard(
  context: ExperimentContext,
  { statefulSet }: Pick<ClusterState, 'statefulSet'>,
  { measurement, unavailable }: { readonly measurement: Measurement; readonly unavailable: boolean },
  limits: RolloutLimits,
): InjectionGuard {
  const { api, members, chaos, isSeed, seedMembers, note } = context;
  const stop = new AbortController();
  const closing = new AbortController();
  const limitMs = unavailable ? Infinity : 2 * chaos.limits.maxOutageMs + 2_000;
  const watch = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      if (measurement.failingForMs() > limitMs) {
        const stopped = new InjectionStopped(`No connection has succeeded for ${formatDuration(limitMs)}.`);
        note(`${stopped.message} The fault is reverted now.`);
        stop.abort(stopped);
        return;
      }
      await api.clock.sleep(checkMs, closing.signal).catch(() => undefined);
    }
  };
  void watch();
  const signal = AbortSignal.any([api.signal, stop.signal]);
  return {
    signal: stop.signal,
    limits: {
      ...limits,
      signal,
      tookEffect(sentMs) {
        measurement.recordEffect(sentMs);
      },
      async beforeStep(member) {
        signal.throwIfAborted();
        if (member === undefined || !isSeed(member)) return;
        const { namespace, labels } = members;
        const { items } = await api.list('Pod', { namespace, labels }, `check the quorum without ${member}`);
        const ready = membersAmong(items, statefulSet)
          .filter(isReady)
          .map(({ metadata }) => metadata.name)
          .filter(isSeed);
        // While all are Ready, the preflight has decided.
        if (ready.length >= seedMembers) return;
        if (ready.filter(name => name !== member).length >= quorumOf(seedMembers)) return;
        throw new InjectionStopped(
          `Without ${member}, fewer than ${quorumOf(seedMembers)} of ${seedMembers} seed members would be Ready: only ${ready.join(', ') || 'none'} were before.`,
        );
      },
    },
    close: () => {
      closing.abort();
    },
  };
}
