import type { KubernetesApi } from '../../kubernetes/api.js';
import { askPod } from '../../kubernetes/pod-proxy.js';
import { unseen } from '../../kubernetes/unseen.js';
import { type Attempt, type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import { repeatAtFixedRate, type RepeatedWork } from './fixed-rate.js';
import { deadlineMs } from './probe.js';

/** The time between two attempts at each member, in milliseconds. */
export const memberMs = 1_000;

/** The attempts at one member, ordered by their scheduled start. */
export interface MemberAttempts {
  readonly name: string;
  readonly attempts: readonly Attempt[];
}

export interface MemberProbe extends RepeatedWork {
  /** Those with attempts, in the order of their names. */
  members(): readonly MemberAttempts[];
}

/**
 * Requests the welcome page of each member through the API server, which neither the load balancer nor the network of the
 * runner affects: the second vantage point. An attempt that fails before a member is not recorded.
 * @param names returns the names of the members, also of those that are absent at the moment.
 */
export function startMemberProbe(
  api: KubernetesApi,
  {
    namespace,
    port,
    names,
    t0Ms,
  }: {
    readonly namespace: string;
    readonly port: number;
    readonly names: () => readonly string[];
    readonly t0Ms: number;
  },
): MemberProbe {
  const all = new Map<string, AttemptSeries>();
  let isForbidden = false;
  const attempt = async (name: string, atMs: number): Promise<void> => {
    const series = all.get(name) ?? createAttemptSeries(() => undefined);
    all.set(name, series);
    const end = series.begin(atMs);
    const startedMs = api.clock.now();
    const request = { namespace, name, port, timeoutMs: deadlineMs, notSeen: unseen.way };
    const answer = await askPod(api, request).catch(() => 'unknown' as const);
    isForbidden ||= answer === 'forbidden';
    if (answer === 'unknown' || answer === 'forbidden' || api.signal.aborted) return;
    end(api.clock.now() - startedMs, answer === 'answered' ? undefined : { text: answer, local: false });
  };
  const { stop } = repeatAtFixedRate({
    ...{ clock: api.clock, t0Ms, intervalMs: memberMs, signal: api.signal },
    start: atMs => Promise.all((isForbidden ? [] : names()).map(name => attempt(name, atMs))),
  });
  return {
    members: () =>
      [...all]
        .map(([name, series]) => ({ name, attempts: series.ended() }))
        .filter(({ attempts }) => attempts.length > 0)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    stop,
  };
}
