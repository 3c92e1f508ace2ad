/** The machine behind a node of a virtual machine scale set. */
export interface ScaleSetInstance {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  /** Decimal; the node's name has the same number in base 36, which is no reason to read it from there. */
  readonly instanceId: string;
}

/**
 * The machine that a provider id names, as the Azure cloud provider writes it; undefined for any other, such as a machine
 * outside a scale set.
 */
export function parseProviderId(providerId: string): ScaleSetInstance | undefined {
  const pattern =
    /^azure:\/\/\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\/([^/]+)\/virtualMachines\/(\d+)$/i;
  const [, subscriptionId, resourceGroup, scaleSet, instanceId] = pattern.exec(providerId) ?? [];
  if (!subscriptionId || !resourceGroup || !scaleSet || !instanceId) return undefined;
  return { subscriptionId, resourceGroup, scaleSet, instanceId };
}
