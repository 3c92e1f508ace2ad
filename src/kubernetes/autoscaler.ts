import { ActionError } from '../errors/action-error.js';
import { hasStatus } from './api/api-error.js';
import type { KubernetesApi } from './api/api.js';
import type { HorizontalPodAutoscaler } from './api/types.js';
import { unseen } from './api/unseen.js';
import { found, missing, observe } from './informer/observer.js';
import { conditionOf } from './pods.js';
import { parseCpuMillicores } from './quantity.js';

/** The current metric and decision of an autoscaler. */
export interface LiveAutoscaler {
  readonly name: string;
  /** Average CPU usage of the members, in percent of their requests; undefined if it is not a metric of the autoscaler. */
  readonly cpuPercent: number | undefined;
  /** The CPU usage that it aims at. */
  readonly cpuTarget: number | undefined;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
}

/** Returns the current state, or which metric is missing; the controller writes both to the status. */
export function readAutoscaler(autoscaler: HorizontalPodAutoscaler): LiveAutoscaler | string {
  const { metadata, spec, status } = autoscaler;
  const active = conditionOf(status ?? {}, 'ScalingActive');
  if (active?.status !== 'True') return active?.message ?? 'the controller has not processed it yet';
  const cpu = status?.currentMetrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.current;
  const wanted = spec.metrics?.find(({ resource }) => resource?.name === 'cpu')?.resource?.target;
  const [cpuPercent, cpuTarget] = [cpu?.averageUtilization, wanted?.averageUtilization];
  if (cpuPercent === undefined && cpuTarget !== undefined) return 'it has no CPU metric yet';
  const { currentReplicas = 0, desiredReplicas = 0 } = status ?? {};
  return { name: metadata.name, cpuPercent, cpuTarget, currentReplicas, desiredReplicas };
}

/**
 * Waits until an autoscaler has its metrics; without any it makes no decisions.
 * @throws ActionError `metrics-unavailable` with the reason from the autoscaler.
 */
export async function waitForMetrics(
  api: KubernetesApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { timeoutMs, progress }: { readonly timeoutMs: number; readonly progress?: (waiting: string) => void },
): Promise<LiveAutoscaler> {
  const observer = observe(api, [{ kind: 'HorizontalPodAutoscaler', namespace, fields: `metadata.name=${name}` }]);
  try {
    return await observer.until(
      observation => {
        const autoscaler = observation.find('HorizontalPodAutoscaler', name);
        const live = autoscaler ? readAutoscaler(autoscaler) : 'it does not exist';
        return typeof live === 'string' ? missing(live) : found(live);
      },
      {
        timeoutMs,
        onTimeout: last => {
          const seconds = Math.round(timeoutMs / 1000);
          return new ActionError(
            'metrics-unavailable',
            `Autoscaler ${name} has no metric after ${seconds} s: ${last}.`,
          );
        },
        ...(progress ? { progress } : {}),
      },
    );
  } finally {
    observer.close();
  }
}

/**
 * Returns the CPU usage of each pod, in millicores by pod name, like `kubectl top pods`; undefined when the cluster has
 * no metrics server, or without access to it.
 */
export async function readPodCpu(
  api: KubernetesApi,
  selection: { readonly namespace: string; readonly labels?: string },
): Promise<ReadonlyMap<string, number> | undefined> {
  try {
    const reading = api.list('PodMetrics', selection, 'read the CPU of the pods');
    const metrics = await api.unlessForbidden(reading, unseen.podCpu);
    if (metrics === undefined) return undefined;
    return new Map(
      metrics.items.map(({ metadata, containers }) => [
        metadata.name,
        Math.round(containers.reduce((sum, { usage }) => sum + parseCpuMillicores(usage['cpu'] ?? '0'), 0)),
      ]),
    );
  } catch (error) {
    if (hasStatus(error, 404, 503)) return undefined;
    throw error;
  }
}
