import type { HorizontalPodAutoscaler } from '../../kubernetes/types.js';
import { metadataOf, names } from '../object-names.js';
import type { Autoscaling, Deployment } from '../spec.js';

/**
 * Seconds for which the load must be low before a member is taken away. Each scale-in makes all clients of a member
 * connect anew, so a short lull must not cause one; 300 is also what Kubernetes does by default.
 */
export const defaultStabilizationSeconds = 300;

export interface AutoscalerManifest extends HorizontalPodAutoscaler {
  readonly spec: HorizontalPodAutoscaler['spec'] & {
    readonly minReplicas: number;
    readonly scaleTargetRef: { readonly apiVersion: string };
    readonly metrics: readonly unknown[];
    readonly behavior: {
      readonly scaleDown: {
        readonly stabilizationWindowSeconds: number;
        readonly policies: readonly { readonly type: 'Pods'; readonly value: number; readonly periodSeconds: number }[];
      };
    };
  };
}

/**
 * The autoscaler: between the least that the disruption budget keeps and the maximum number of members, one member
 * less a minute at most, so that its clients have found another before the next one goes.
 */
export function renderAutoscaler(
  { namespace, minReplicas, maxReplicas }: Pick<Deployment, 'namespace' | 'minReplicas' | 'maxReplicas'>,
  { cpuPercent }: Autoscaling,
  stabilizationSeconds = defaultStabilizationSeconds,
): AutoscalerManifest {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: metadataOf(names.autoscaler, namespace),
    spec: {
      minReplicas,
      maxReplicas,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: names.statefulSet },
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
