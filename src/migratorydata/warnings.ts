import { allowedDisruptions } from './member-bounds.js';
import { type Deployment, isMovingImage, readMemoryBytes } from './spec.js';

/**
 * Returns warnings about valid but unexpected settings, as sentences for the user.
 * @param replicas the number of members after the deployment; an existing deployment keeps its own.
 */
export function manifestWarnings(deployment: Deployment, replicas = deployment.replicas): readonly string[] {
  return [
    ...warnAboutBudget(deployment, replicas),
    ...warnAboutImage(deployment),
    ...warnAboutMemory(deployment),
    ...warnAboutExposure(deployment),
  ];
}

function warnAboutBudget(deployment: Deployment, replicas: number): readonly string[] {
  if (allowedDisruptions(deployment, replicas) > 0) return [];
  if (deployment.disruptionBudget === 'max-unavailable') return [];
  return [
    `With ${replicas} members and min-replicas ${deployment.minReplicas} the disruption budget allows no disruption: ` +
      'drains, node upgrades and the scale-down of nodes wait forever. There are three solutions: one more member in replicas ' +
      '(or with operation scale), a lower min-replicas, but not below the seed members, or disruption-budget max-unavailable.',
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

function warnAboutExposure({ exposure, rest, secrets }: Deployment): readonly string[] {
  if (exposure.serviceType !== 'public' || exposure.sourceRanges.length > 0) return [];
  const token =
    secrets.entitlementToken === undefined && !rest
      ? ' Without entitlement-token, everyone can also publish: the default token of the image is public.'
      : '';
  return [
    `Everyone can connect to the public address on port ${exposure.clientPort}${exposure.tlsSecret === '' ? ', without encryption' : ''}; list the clients in ` +
      `source-ranges, or use service-type internal.${token}`,
  ];
}
