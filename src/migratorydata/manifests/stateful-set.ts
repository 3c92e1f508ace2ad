import { configAnnotation } from '../config-note.js';
import { deploymentLabels, deploymentNames, memberLabels, metadataOf } from '../object-names.js';
import type { SecretNames } from '../secret-plan.js';
import type { Deployment } from '../spec.js';
import { stampTemplate } from '../template-stamp.js';
import { renderContainer } from './container.js';
import type { Placement, PodSpec, StatefulSetManifest } from './shapes.js';
import { renderTlsVolume } from './tls-volume.js';

export interface StatefulSetChoices {
  /**
   * Always part of the manifest: server-side apply would reset an owned field that is missing. The input for a new
   * object, the live value for an existing one.
   */
  readonly replicas: number;
  readonly secretNames: SecretNames;
  /**
   * Members with a lower ordinal keep the former template. 0 updates all of them; the number of members holds back all
   * of them, so that they can be updated one at a time.
   */
  readonly partition: number;
}

/**
 * Renders the StatefulSet of the members. The number of members may differ from the deployment: see `replicas` of the
 * choices.
 */
export function renderStatefulSet(deployment: Deployment, choices: StatefulSetChoices): StatefulSetManifest {
  const { replicas, secretNames, partition } = choices;
  const { statefulSet, headlessService } = deploymentNames(deployment.name);
  return stampTemplate<StatefulSetManifest>({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { ...metadataOf(statefulSet, deployment), ...configAnnotation(deployment) },
    spec: {
      selector: { matchLabels: memberLabels(deployment.name) },
      serviceName: headlessService,
      replicas,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
      // The time that the load balancer probes need to detect a new member before the next one is replaced.
      minReadySeconds: 10,
      template: {
        metadata: { labels: deploymentLabels(deployment.name) },
        spec: renderPod(deployment, secretNames),
      },
    },
  });
}

function renderPod(deployment: Deployment, secretNames: SecretNames): PodSpec {
  return {
    // The preStop wait, plus 45 seconds for the server to stop.
    terminationGracePeriodSeconds: 60,
    automountServiceAccountToken: false,
    // Variables for each Service of the namespace could have the names of those that the start script reads.
    enableServiceLinks: false,
    ...(deployment.podSecurity === 'restricted' && { securityContext: { runAsNonRoot: true } }),
    // The vendor documents the image only for this architecture.
    nodeSelector: { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' },
    ...placementOf(deployment),
    ...(secretNames.registry !== undefined && { imagePullSecrets: [{ name: secretNames.registry }] }),
    ...renderTlsVolume(deployment.exposure),
    containers: [renderContainer(deployment, secretNames)],
  };
}

const byNode = 'kubernetes.io/hostname';

function placementOf({ name, podSpread }: Pick<Deployment, 'name' | 'podSpread'>): Placement {
  const labelSelector = { matchLabels: memberLabels(name) };
  if (podSpread === 'preferred') {
    const podAffinityTerm = { labelSelector, topologyKey: byNode };
    return {
      affinity: {
        podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm }] },
      },
    };
  }
  // A cordoned node must not count as an empty one. Explicit constraints replace the default spreading of the scheduler
  // across zones, so it is repeated here.
  return {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: byNode,
        whenUnsatisfiable: 'DoNotSchedule',
        nodeTaintsPolicy: 'Honor',
        labelSelector,
      },
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector,
      },
    ],
  };
}
