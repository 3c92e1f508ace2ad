import { allowedDisruptions } from './member-bounds.js';
import { type Deployment, isMovingImage, readMemoryBytes } from './spec.js';

/**
 * What works and may surprise, in sentences for the user.
 * @param replicas the number of members that there will be; an existing deployment keeps its own.
 */
export function manifestWarnings(deployment: Deployment, replicas = deployment.replicas): readonly string[] {
  return [
    ...warnOfBudget(deployment, replicas),
    ...warnOfImage(deployment),
    ...warnOfMemory(deployment),
    ...warnOfExposure(deployment),
  ];
}

function warnOfBudget(deployment: Deployment, replicas: number): readonly string[] {
  if (allowedDisruptions(deployment, replicas) > 0) return [];
  if (deployment.disruptionBudget === 'max-unavailable') return [];
  return [
    `With ${replicas} members and min-replicas ${deployment.minReplicas} the disruption budget allows no disruption: ` +
      'drains, node upgrades and the scale-down of nodes wait for ever. Three ways out: one member more in replicas ' +
      '(or by operation scale), a lower min-replicas, not below the seed members, or disruption-budget max-unavailable.',
  ];
}

function warnOfImage({ image }: Deployment): readonly string[] {
  if (!isMovingImage(image)) return [];
  return [`image ${image} may be another one tomorrow, so that members run different versions; name a version.`];
}

function warnOfMemory({ memory, memoryRequest }: Deployment): readonly string[] {
  if ((readMemoryBytes(memoryRequest) ?? 0) > (readMemoryBytes(memory) ?? 0)) return [];
  return [
    `memory-request ${memoryRequest} is not above memory ${memory}: the container needs more than the server's share.`,
  ];
}

function warnOfExposure({ exposure, rest, secrets }: Deployment): readonly string[] {
  if (exposure.serviceType !== 'public' || exposure.sourceRanges.length > 0) return [];
  const token =
    secrets.entitlementToken === undefined && !rest
      ? ' Without entitlement-token they may also publish: the token that the image comes with is published.'
      : '';
  return [
    `Everyone can connect to the public address on port ${exposure.clientPort}, in clear text; name the clients in ` +
      `source-ranges, or use service-type internal.${token}`,
  ];
}
