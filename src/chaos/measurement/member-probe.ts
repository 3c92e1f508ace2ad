import type { NotAskedRecord } from '../../journal/series-record.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { askPod } from '../../kubernetes/api/pod-proxy.js';
import { unseen } from '../../kubernetes/api/unseen.js';
import { withoutPeriod } from '../../runtime/text.js';
import { reasonOf } from '../../runtime/thrown.js';
import { type Attempt, type AttemptSeries, createAttemptSeries } from './attempt-series.js';
import { repeatAtFixedRate, type RepeatedWork } from './fixed-rate.js';
import { deadlineMs } from './probe.js';

/** The time between two attempts at each member, in milliseconds. */
export const memberMs = 1_000;

/** The attempts at one member, ordered by their scheduled start. */
export interface MemberAttempts {
  readonly name: string;
  readonly attempts: readonly Attempt[];
  /** Those that failed before the member, which are not in `attempts`. */
  readonly notAsked?: NotAskedRecord;
}

export interface MemberProbe extends RepeatedWork {
  /** Each member that was asked or could not be asked, in the order of the names; none without the permission. */
  members(): readonly MemberAttempts[];
}

/**
 * Requests the welcome page of each member through the API server, which neither the load balancer nor the network of the
 * runner affects: the second vantage point.
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
  const notAsked = new Map<string, NotAskedRecord>();
  let isForbidden = false;
  const attempt = async (name: string, atMs: number): Promise<void> => {
    const series = all.get(name) ?? createAttemptSeries(() => undefined);
    all.set(name, series);
    const end = series.begin(atMs);
    const startedMs = api.clock.now();
    const request = { namespace, name, port, timeoutMs: deadlineMs, notSeen: unseen.way };
    try {
      const answer = await askPod(api, request);
      isForbidden ||= answer === 'forbidden';
      if (answer === 'forbidden' || api.signal.aborted) return;
      end(api.clock.now() - startedMs, answer === 'answered' ? undefined : { text: answer, local: false });
    } catch (error) {
      if (api.signal.aborted) return;
      const { attempts = 0 } = notAsked.get(name) ?? {};
      notAsked.set(name, { attempts: attempts + 1, reason: withoutPeriod(reasonOf(error)) });
    }
  };
  const { stop } = repeatAtFixedRate({
    ...{ clock: api.clock, t0Ms, intervalMs: memberMs, signal: api.signal },
    start: atMs => Promise.all((isForbidden ? [] : names()).map(name => attempt(name, atMs))),
  });
  return {
    members: () =>
      [...all]
        .map(([name, series]) => {
          const failed = notAsked.get(name);
          return { name, attempts: series.ended(), ...(failed && { notAsked: failed }) };
        })
        .filter(({ attempts }) => attempts.length > 0 || !isForbidden)
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    stop,
  };
}
