import type { KubernetesObject, PodDisruptionBudget, StatefulSet } from '../kubernetes/api/types.js';
import { secretsInClear } from './clear-secrets.js';
import { allowedDisruptions } from './member-bounds.js';
import { deploymentNames } from './object-names.js';
import { objectOf } from './patched-objects.js';
import { type Deployment, isMovingImage, readMemoryBytes } from './spec.js';

/**
 * Returns warnings about valid but unexpected settings, as sentences for the user.
 * @param deployment as patched; see `asPatched`.
 * @param objects the patched objects of the deployment.
 */
export function manifestWarnings(deployment: Deployment, objects: readonly KubernetesObject[]): readonly string[] {
  const names = deploymentNames(deployment.name);
  const statefulSet = objectOf(objects, 'StatefulSet', names.statefulSet);
  const replicas = statefulSet.spec.replicas ?? deployment.replicas;
  return [
    ...warnAboutBudget(objectOf(objects, 'PodDisruptionBudget', names.disruptionBudget), replicas),
    ...warnAboutImage(deployment),
    ...warnAboutMemory(deployment),
    ...warnAboutExposure(deployment),
    ...warnAboutSecrets(statefulSet),
  ];
}

function warnAboutBudget(budget: PodDisruptionBudget, replicas: number): readonly string[] {
  if (allowedDisruptions(budget, replicas) > 0) return [];
  const { minAvailable, maxUnavailable } = budget.spec;
  const bound = maxUnavailable === undefined ? `minAvailable ${minAvailable}` : `maxUnavailable ${maxUnavailable}`;
  return [
    `With ${replicas} members the disruption budget (${bound}) allows no disruption: drains, node upgrades and the ` +
      'scale-down of nodes wait forever. There are three solutions: one more member in replicas (or with operation scale), ' +
      'a lower min-replicas, but not below the seed members, or disruption-budget max-unavailable.',
  ];
}

function warnAboutImage({ image }: Deployment): readonly string[] {
  if (!isMovingImage(image)) return [];
  return [`image ${image} may change, so that members run different versions; set a version.`];
}

function warnAboutMemory({ memory, memoryRequest }: Deployment): readonly string[] {
  if ((readMemoryBytes(memoryRequest) ?? 0) > (readMemoryBytes(memory) ?? 0)) return [];
  return [
    `memory-request ${memoryRequest} is not above memory ${memory}: the container needs more memory than the server.`,
  ];
}

function warnAboutExposure({ exposure }: Deployment): readonly string[] {
  if (exposure.serviceType !== 'public' || exposure.sourceRanges.length > 0) return [];
  return [
    `Everyone can connect to the public address on port ${exposure.clientPort}${exposure.tlsSecret === '' ? ', without encryption' : ''}; list the clients in ` +
      `source-ranges, or use service-type internal.`,
  ];
}

function warnAboutSecrets(statefulSet: StatefulSet): readonly string[] {
  const found = secretsInClear(statefulSet);
  if (found.length === 0) return [];
  const inputs = found.flatMap(({ input }) => input ?? []);
  const remedy = inputs.length === 0 ? '' : ` Give ${inputs.join(', ')} instead, which is passed by reference.`;
  return [
    `In clear text in StatefulSet ${statefulSet.metadata.name} and in its manifest: ${found.map(({ name }) => name).join(', ')}. ` +
      `Everyone who may read the StatefulSet, or an artifact with the manifests, can read the values.${remedy}`,
  ];
}
