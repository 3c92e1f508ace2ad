import type { MemberLoadRecord } from '../../journal/clients-record.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import type { Pod } from '../../kubernetes/api/types.js';
import { readPodCpu } from '../../kubernetes/autoscaler.js';
import { type MemberSet, restartsOf } from '../../kubernetes/pods.js';

/** The metrics server measures each container every 15 s by default. */
const intervalMs = 15_000;

/** The CPU of each member at a time from t0, in millicores by the name of the pod. */
export interface CpuReading {
  readonly atMs: number;
  readonly millicores: ReadonlyMap<string, number>;
}

export interface CpuReadings {
  stop(): Promise<readonly CpuReading[]>;
}

/** Reads the CPU of the members until it is stopped. Without a metrics server, or access to it, it gives up. */
export function startCpuReadings(api: KubernetesApi, { namespace, labels }: MemberSet, t0Ms: number): CpuReadings {
  const stopping = new AbortController();
  const bound = api.withSignal(AbortSignal.any([api.signal, stopping.signal]));
  const readings: CpuReading[] = [];
  const read = async (): Promise<void> => {
    for (;;) {
      const millicores = await readPodCpu(bound, { namespace, labels }).catch(() => new Map<string, number>());
      if (millicores === undefined) return;
      bound.signal.throwIfAborted();
      readings.push({ atMs: api.clock.now() - t0Ms, millicores });
      await api.clock.sleep(intervalMs, bound.signal);
    }
  };
  const reading = read().catch(() => undefined);
  return {
    async stop() {
      stopping.abort();
      await reading;
      return readings;
    },
  };
}

/** Counts restarts of containers in pods that stay. */
export interface RestartCounter {
  count(pods: readonly Pod[]): void;
  /** Returns the restarts since the first sight of each pod, by the name of the pod. */
  counted(): ReadonlyMap<string, number>;
}

export function createRestartCounter(): RestartCounter {
  const first = new Map<string, number>();
  const latest = new Map<string, { readonly name: string; readonly restarts: number }>();
  return {
    count(pods) {
      for (const pod of pods) {
        const { name, uid = '' } = pod.metadata;
        const restarts = restartsOf(pod);
        if (!first.has(uid)) first.set(uid, restarts);
        latest.set(uid, { name, restarts });
      }
    },
    counted() {
      const counts = new Map<string, number>();
      for (const [uid, { name, restarts }] of latest) {
        counts.set(name, (counts.get(name) ?? 0) + restarts - (first.get(uid) ?? restarts));
      }
      return counts;
    },
  };
}

/** Returns the load of each member, by name. @param sinceMs the injection, or 0 without one. */
export function loadOf(
  restarts: ReadonlyMap<string, number>,
  readings: readonly CpuReading[],
  sinceMs: number,
): readonly MemberLoadRecord[] {
  const highest = (name: string, among: readonly CpuReading[]): number | null => {
    const values = among.flatMap(({ millicores }) => millicores.get(name) ?? []);
    return values.length === 0 ? null : values.reduce((a, b) => Math.max(a, b));
  };
  const [before, after] = [
    readings.filter(({ atMs }) => atMs < sinceMs),
    readings.filter(({ atMs }) => atMs >= sinceMs),
  ];
  return [...restarts.keys()].sort().map(name => ({
    name,
    cpu: { before: highest(name, before), after: highest(name, after) },
    restarts: restarts.get(name) ?? 0,
  }));
}
