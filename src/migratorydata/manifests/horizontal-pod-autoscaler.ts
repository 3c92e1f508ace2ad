import type { HorizontalPodAutoscaler } from '../../kubernetes/api/types.js';
import { deploymentNames, metadataOf } from '../object-names.js';
import type { Autoscaling, Deployment } from '../spec.js';

/**
 * How many seconds the load must be low before a member is removed. All clients of a removed member must reconnect, so
 * a short period of low load must not cause a scale-in; 300 is also the default of Kubernetes.
 */
const defaultStabilizationSeconds = 300;

export interface AutoscalerManifest extends HorizontalPodAutoscaler {
  readonly spec: HorizontalPodAutoscaler['spec'] & {
    readonly minReplicas: number;
    readonly scaleTargetRef: { readonly apiVersion: string };
    readonly metrics: NonNullable<HorizontalPodAutoscaler['spec']['metrics']>;
    readonly behavior: {
      readonly scaleDown: {
        readonly stabilizationWindowSeconds: number;
        readonly policies: readonly { readonly type: 'Pods'; readonly value: number; readonly periodSeconds: number }[];
      };
    };
  };
}

/**
 * Renders the autoscaler: it scales between the minimum of the disruption budget and the maximum number of members, and
 * removes at most one member per minute, so that its clients can reconnect before the next removal.
 */
export function renderAutoscaler(
  { namespace, name, minReplicas, maxReplicas }: Pick<Deployment, 'namespace' | 'name' | 'minReplicas' | 'maxReplicas'>,
  { cpuPercent }: Autoscaling,
  stabilizationSeconds = defaultStabilizationSeconds,
): AutoscalerManifest {
  const { autoscaler, statefulSet } = deploymentNames(name);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(autoscaler, { namespace, name }),
    spec: {
      minReplicas,
      maxReplicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: statefulSet },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpuPercent } },
        },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: stabilizationSeconds,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
        },
      },
    },
  };
}
