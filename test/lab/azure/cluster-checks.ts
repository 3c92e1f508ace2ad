import type { IncomingHttpHeaders } from 'node:http';
import type { Arm } from './arm.js';
import { vcpusInUse } from './catalogue.js';
import { ArmError } from './messages.js';
import type { ManagedCluster, Pool } from './state.js';
import { findSize, vmSizes } from './vm-sizes.js';

const quotaAdvice =
  'If you want to increase the quota, please follow this instruction: https://learn.microsoft.com/azure/quotas/view-quotas. Surge nodes would also consume vcpu quota, please consider use smaller maxSurge or use maxUnavailable to proceed upgrade without surge nodes, details: aka.ms/aks/maxUnavailable.';

/**
 * Compares the entity tags that a client requires (AKS, "Enhance concurrency control with entity tags").
 * @throws ArmError 412 when they forbid the change.
 */
export function checkPreconditions(headers: IncomingHttpHeaders, cluster: ManagedCluster | undefined): void {
  const mustBe = headers['if-match']?.replaceAll('"', '');
  if (headers['if-none-match'] === '*' && cluster) {
    throw new ArmError(
      412,
      'PreconditionFailed',
      `The condition '*' in the If-None-Match header was not satisfied: the managed cluster '${cluster.name}' already exists.`,
      'aks',
    );
  }
  if (mustBe !== undefined && mustBe !== cluster?.etag) {
    throw new ArmError(
      412,
      'PreconditionFailed',
      `Etag provided in if-match header "${mustBe}" does not match etag "${cluster?.etag ?? ''}" of resource.`,
      'aks',
    );
  }
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

/** @throws ArmError 400 when a size is unknown or restricted in the subscription. */
export function checkSizes(arm: Arm, location: string, pools: readonly Pool[]): void {
  for (const { vmSize } of pools) {
    const size = findSize(vmSize);
    if (!size || arm.settings.restrictedSizes.includes(size.name)) throw sizeRefusal(vmSize, location);
  }
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
