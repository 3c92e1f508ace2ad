import { memberLabels, metadataOf, names } from '../object-names.js';
import type { SecretNames } from '../secret-plan.js';
import type { Deployment } from '../spec.js';
import { stampTemplate } from '../template-stamp.js';
import { renderContainer } from './container.js';
import type { Placement, PodSpec, StatefulSetManifest } from './shapes.js';

export interface StatefulSetChoices {
  /**
   * Always part of the manifest: server-side apply would reset a field that it owned and no longer finds. The input
   * for a new object, the live value for one that exists.
   */
  readonly replicas: number;
  readonly secretNames: SecretNames;
  /**
   * Members with a lower ordinal keep the former template. 0 lets all of them be updated; the number of members holds
   * every one back, so that they can be let go one at a time.
   */
  readonly partition: number;
}

/** The members. Their number may differ from what the deployment says: see `replicas` of the choices. */
export function renderStatefulSet(deployment: Deployment, choices: StatefulSetChoices): StatefulSetManifest {
  const { replicas, secretNames, partition } = choices;
  return stampTemplate<StatefulSetManifest>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadataOf(names.statefulSet, deployment.namespace),
    spec: {
      selector: { matchLabels: memberLabels },
      serviceName: names.headlessService,
      replicas,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
      // As long as the load balancer's probes need to find a new member, before the next one may go.
      minReadySeconds: 10,
      template: { metadata: { labels: memberLabels }, spec: renderPod(deployment, secretNames) },
    },
  });
}

function renderPod(deployment: Deployment, secretNames: SecretNames): PodSpec {
  return {
    // The wait before the end, and 45 seconds for the server to end.
    terminationGracePeriodSeconds: 60,
    automountServiceAccountToken: false,
    // The vendor documents the image for this architecture only.
    nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    ...placements[deployment.podSpread],
    ...(secretNames.registry !== undefined && { imagePullSecrets: [{ name: secretNames.registry }] }),
    containers: [renderContainer(deployment, secretNames)],
  };
}

const byNode = 'kubernetes.io/hostname';

const placements: Readonly<Record<Deployment['podSpread'], Placement>> = {
  preferred: {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: {
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: [memberLabels.app] }] },
              topologyKey: byNode,
            },
          },
        ],
      },
    },
  },
  // A cordoned node has no room, so it must not count as an empty one. The scheduler's own spreading over zones ends
  // where a pod says anything about spreading, so it is said again.
  required: {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: byNode,
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
        labelSelector: { matchLabels: memberLabels },
      },
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: memberLabels },
      },
    ],
  },
};
