/** The scale set instance of a node. */
export interface ScaleSetInstance {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly scaleSet: string;
  /** Decimal. The node name contains the same number in base 36, but is not parsed for it. */
  readonly instanceId: string;
}

/**
 * Parses a provider id of the Azure cloud provider; undefined for other ids, such as that of a machine outside a scale
 * set.
 */
export function parseProviderId(providerId: string): ScaleSetInstance | undefined {
  const pattern =
    /^azure:\/\/\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Compute\/virtualMachineScaleSets\/([^/]+)\/virtualMachines\/(\d+)$/i;
  const [, subscriptionId, resourceGroup, scaleSet, instanceId] = pattern.exec(providerId) ?? [];
  if (!subscriptionId || !resourceGroup || !scaleSet || !instanceId) return undefined;
  return { subscriptionId, resourceGroup, scaleSet, instanceId };
}
