import type { ContainerStatus, Event } from '../api/types.js';
import { lastSeen } from './events.js';

export interface FailedProbe {
  readonly kind: 'startup' | 'liveness' | 'readiness';
  /** Whether the kubelet has ended the container because of it. */
  readonly isFatal: boolean;
  /** The words of the kubelet. */
  readonly detail: string | undefined;
}

/**
 * Returns the probe because of which the kubelet has ended a container last, or that keeps it from being Ready now;
 * undefined when the events of its pod contain none. A container that was ended has the exit code of its server, which
 * says nothing about the cause.
 * @param events of the pod, the latest last. github.com/kubernetes/kubernetes, pkg/kubelet/kuberuntime and pkg/kubelet/prober
 */
export function failedProbeOf(
  { name, state, lastState }: ContainerStatus,
  events: readonly Event[],
): FailedProbe | undefined {
  const failures = events.flatMap(event => {
    const [, kind, detail = ''] = /^(Startup|Liveness|Readiness) probe \w+: (.*)/s.exec(event.message ?? '') ?? [];
    const failed = { kind: kind?.toLowerCase() as FailedProbe['kind'], detail, at: lastSeen(event) };
    return event.reason === 'Unhealthy' && kind !== undefined ? [failed] : [];
  });
  const { startedAt = '9', finishedAt = '' } = state?.terminated ?? lastState?.terminated ?? {};
  const endings = events.filter(event => startedAt <= lastSeen(event) && lastSeen(event) <= finishedAt);
  const fatal = (['startup', 'liveness'] as const).find(kind =>
    endings.some(({ message }) => message?.startsWith(`Container ${name} failed ${kind} probe`)),
  );
  if (fatal !== undefined) {
    return { kind: fatal, isFatal: true, detail: failures.findLast(({ kind }) => kind === fatal)?.detail };
  }
  const since = state?.running?.startedAt ?? '9';
  const current = failures.findLast(({ at }) => at >= since);
  return current && { kind: current.kind, isFatal: false, detail: current.detail };
}
