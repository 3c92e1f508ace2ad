import type { Arm } from './arm.js';
import { list } from './messages.js';
import { route, type Route, subscriptionPath } from './router.js';
import { answerSkus } from './skus.js';
import { kubernetesVersions } from './versions.js';
import { findSize, vmSizes } from './vm-sizes.js';

/** Returns the vCPUs that the nodes in a region use, of one family or of all. */
export function vcpusInUse(arm: Arm, location: string, family?: string): number {
  let used = 0;
  for (const scaleSet of arm.state.scaleSets.values()) {
    const size = findSize(scaleSet.pool.vmSize);
    if (scaleSet.location !== location || !size || (family !== undefined && size.family !== family)) continue;
    used += size.vcpus * scaleSet.instances.length;
  }
  return used;
}

function usage(value: string, localizedValue: string, currentValue: number, limit: number): unknown {
  return { name: { value, localizedValue }, currentValue, limit, unit: 'Count' };
}

function computeUsages(arm: Arm, location: string): readonly unknown[] {
  const { regionalVcpuLimit, familyVcpuLimit } = arm.settings;
  const families = new Map(vmSizes.map(({ family, familyTitle }) => [family, familyTitle]));
  return [
    usage('cores', 'Total Regional vCPUs', vcpusInUse(arm, location), regionalVcpuLimit),
    ...[...families].map(([family, title]) => usage(family, title, vcpusInUse(arm, location, family), familyVcpuLimit)),
  ];
}

function networkUsages(arm: Arm, location: string): readonly unknown[] {
  // A running cluster holds one public address for outbound traffic.
  const addresses = [...arm.state.clusters.values()].filter(cluster => cluster.location === location).length;
  return [
    usage('PublicIPAddresses', 'Public IP Addresses', addresses, 1000),
    usage('StandardSkuPublicIpAddresses', 'Public IPv4 Addresses - Standard', addresses, 20),
  ];
}

/** The offers and limits of the subscription: sizes, usages and Kubernetes versions. */
export function catalogueRoutes(arm: Arm): readonly Route[] {
  const compute = `${subscriptionPath}/providers/Microsoft.Compute` as const;
  return [
    route('GET', `${compute}/skus`, ({ query }) => answerSkus(arm.settings, query.get('$filter') ?? '')),
    route('GET', `${compute}/locations/{location}/usages`, ({ params }) => list(computeUsages(arm, params.location))),
    route('GET', `${subscriptionPath}/providers/Microsoft.Network/locations/{location}/usages`, ({ params }) =>
      list(networkUsages(arm, params.location)),
    ),
    route(
      'GET',
      `${subscriptionPath}/providers/Microsoft.ContainerService/locations/{location}/kubernetesVersions`,
      () => ({
        status: 200,
        body: { values: kubernetesVersions() },
      }),
    ),
  ];
}
