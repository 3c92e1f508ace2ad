import { ApiError } from '../../kubernetes/api-error.js';
import type { KubernetesApi } from '../../kubernetes/api.js';
import { collectionPath } from '../../kubernetes/paths.js';
import { unseen } from '../../kubernetes/unseen.js';
import { identifier } from '../../runtime/identifiers.js';
import { withTimeLimit } from '../../runtime/time.js';
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
    const answer = await askThroughApiServer(api, { namespace, name, port }).catch(() => 'unknown' as const);
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

/** @throws the error of a request that did not get as far as to the member. */
async function askThroughApiServer(
  api: KubernetesApi,
  { namespace, name, port }: { readonly namespace: string; readonly name: string; readonly port: number },
): Promise<'answered' | 'no answer' | 'not reached' | 'absent' | 'forbidden'> {
  // See "Manually constructing apiserver proxy URLs" in the Kubernetes documentation. The port of a pod is a number.
  const path = `${collectionPath('Pod', namespace)}/http:${identifier('object name', name)}:${port}/proxy/`;
  const request = { method: 'GET', path, why: 'see whether a member answers', patienceMs: 0 } as const;
  const limit = { clock: api.clock, ms: deadlineMs, outer: api.signal, text: noAnswer };
  const asking = withTimeLimit(limit, signal => api.withSignal(signal).raw(request));
  try {
    return (await api.unlessForbidden(asking, unseen.way)) === undefined ? 'forbidden' : 'answered';
  } catch (error) {
    if (error instanceof Error && error.message === noAnswer) return noAnswer;
    if (!(error instanceof ApiError)) throw error;
    const { httpStatus, status } = error;
    // Only the API server sends a Status.
    if (status === undefined && httpStatus >= 300 && httpStatus < 500) return 'answered';
    if (status !== undefined && httpStatus === 404) return 'absent';
    // The text of k8s.io/apimachinery, pkg/util/proxy/transport.go.
    if (/trying to reach service/.test(status?.message ?? '')) return 'not reached';
    throw error;
  }
}

const noAnswer = 'no answer';
