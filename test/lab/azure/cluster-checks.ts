import type { IncomingHttpHeaders } from 'node:http';
import type { Arm } from './arm.js';
import { vcpusInUse } from './catalogue.js';
import { ArmError } from './messages.js';
import { sameName } from './names.js';
import type { ManagedCluster, Pool } from './state.js';
import { findSize, vmSizes, zones } from './vm-sizes.js';

const quotaAdvice =
  'If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, details: aka.ms/aks/maxUnavailable.';

/**
 * Compares the entity tags that a client requires (AKS, "Enhance concurrency control with entity tags").
 * @throws ArmError 412 when they forbid the change.
 */
export function checkPreconditions(
  { settings }: Pick<Arm, 'settings'>,
  headers: IncomingHttpHeaders,
  resource: Pick<ManagedCluster | Pool, 'name' | 'etag'> | undefined,
): void {
  const sent = headers['if-match'];
  const mustBe = settings.etagsVerbatim ? sent : sent?.replaceAll('"', '');
  if (headers['if-none-match'] === '*' && resource) {
    throw new ArmError(
      412,
      'PreconditionFailed',
      `The condition '*' in the If-None-Match header was not satisfied: '${resource.name}' already exists.`,
      'aks',
    );
  }
  if (mustBe === undefined) return;
  // The words of AKS in Azure/azure-cli, pull request 30309.
  if (!resource) {
    const message =
      'Resource not found but ETag header is provided. If this is a request to create, please do not provide ETag.';
    throw new ArmError(412, 'PreconditionFailed', message, 'aks');
  }
  if (mustBe !== '*' && mustBe !== resource.etag) throw etagRefusal(mustBe, resource.etag);
}

/** Returns the refusal of an entity tag that is not the current one. */
export function etagRefusal(sent: string, current: string): ArmError {
  const message = `Etag provided in if-match header "${sent}" does not match etag "${current}" of resource.`;
  return new ArmError(412, 'PreconditionFailed', message, 'aks');
}

/** @throws ArmError 400 when the count is outside of the bounds of the autoscaler. */
export function checkBounds(pools: readonly Pool[]): void {
  for (const { count, autoscaling } of pools) {
    if (!autoscaling || (autoscaling.min <= count && count <= autoscaling.max)) continue;
    throw new ArmError(
      400,
      'InvalidParameter',
      `The value of parameter agentPoolProfile.count is invalid. Error details: the value of the count ${count} must be between minCount ${autoscaling.min} and maxCount ${autoscaling.max}. Please see https://aka.ms/aks-naming-rules for more details.`,
      'aks',
    );
  }
}

type ClusterTarget = Pick<ManagedCluster, 'name' | 'group' | 'location'>;

/** @throws ArmError 400 when a size is unknown, or restricted in the subscription or in a zone of the pool. */
export function checkSizes(arm: Arm, target: ClusterTarget, pools: readonly Pool[]): void {
  const { location } = target;
  const { restrictedSizes, restrictedZones } = arm.settings;
  for (const { name, vmSize, zones: wanted } of pools) {
    const size = findSize(vmSize);
    if (!size || restrictedSizes.includes(size.name)) throw sizeRefusal(vmSize, location);
    const closed = restrictedZones[size.name] ?? [];
    const refused = wanted.filter(zone => closed.includes(zone));
    if (refused.length > 0) throw zoneRefusal(target, name, refused, closed);
  }
}

/** Returns the refusal of zones, in the words of AKS (Microsoft, "AvailabilityZoneNotSupported error code"). */
function zoneRefusal(
  target: ClusterTarget,
  pool: string,
  refused: readonly string[],
  closed: readonly string[],
): ArmError {
  const quoted = (names: readonly string[]): string => names.map(name => `'${name}'`).join(', ');
  const open = zones.filter(zone => !closed.includes(zone));
  return new ArmError(
    400,
    'AvailabilityZoneNotSupported',
    `Preflight validation check for resource(s) for container service ${target.name} in resource group ${target.group} failed. Message: The zone(s) ${quoted(refused)} for resource '${pool}' is not supported.The supported zones for location '${target.location}' are ${quoted(open)}`,
    'aks',
  );
}

/** @throws ArmError 409 when the subscription is not registered for AKS. az registers it and tries again. */
export function checkRegistration({ settings }: Pick<Arm, 'settings'>): void {
  const namespace = 'Microsoft.ContainerService';
  if (!settings.unregisteredProviders.some(missing => sameName(missing, namespace))) return;
  throw new ArmError(
    409,
    'MissingSubscriptionRegistration',
    `The subscription is not registered to use namespace '${namespace}'. See https://aka.ms/rps-not-found for how to register subscriptions.`,
    'arm',
    { target: namespace },
  );
}

/**
 * Returns the refusal of a size, in the words of AKS (hashicorp-education/learn-terraform-provision-aks-cluster, issue
 * 15).
 */
export function sizeRefusal(vmSize: string, location: string): ArmError {
  const others = vmSizes.map(({ name }) => name.toLowerCase()).filter(name => name !== vmSize.toLowerCase());
  return new ArmError(
    400,
    'BadRequest',
    `The VM size of ${vmSize} is not allowed in your subscription in location '${location}'. The available VM sizes are '${others.join(',')}'. For more details, please visit https://aka.ms/aks/quotas-skus-regions`,
    'aks',
  );
}

/**
 * Checks the quotas of the region and of each family.
 * @param more nodes by size that the change would add
 * @throws ArmError 400 when a quota is insufficient.
 */
export function checkQuota(
  arm: Arm,
  location: string,
  more: readonly { readonly vmSize: string; readonly count: number }[],
): void {
  const families = new Map<string, number>();
  let total = 0;
  for (const { vmSize, count } of more) {
    const size = findSize(vmSize);
    if (!size || count <= 0) continue;
    total += size.vcpus * count;
    families.set(size.family, (families.get(size.family) ?? 0) + size.vcpus * count);
  }
  const left = arm.settings.regionalVcpuLimit - vcpusInUse(arm, location);
  if (total > left) throw regionalQuotaRefusal(location, left, total);
  for (const [family, requested] of families) {
    const remaining = arm.settings.familyVcpuLimit - vcpusInUse(arm, location, family);
    if (requested > remaining) throw familyQuotaRefusal(location, family, remaining, requested);
  }
}

/** Returns the refusal of AKS for an exhausted quota of a region. */
export function regionalQuotaRefusal(location: string, left: number, requested: number): ArmError {
  return new ArmError(
    400,
    'ErrCode_InsufficientVCPUQuota',
    `Insufficient regional vcpu quota left for location ${location}. left regional vcpu quota ${left}, requested quota ${requested}. ${quotaAdvice}`,
    'aks',
  );
}

/** Returns the refusal of AKS for an exhausted quota of a family. */
export function familyQuotaRefusal(location: string, family: string, remaining: number, requested: number): ArmError {
  return new ArmError(
    400,
    'ErrCode_InsufficientVCPUQuota',
    `Insufficient vcpu quota requested ${requested}, remaining ${remaining} for family ${family} for region ${location}. ${quotaAdvice}`,
    'aks',
  );
}
