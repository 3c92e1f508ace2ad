/**
 * An estimate of what the add-ons of a small cluster request on each node, in millicores: kube-proxy, CNI, CSI,
 * CoreDNS, metrics-server, konnectivity.
 */
const addOnsMillicores = 700;

/** The CPU reservation of the kubelet, from "Node resource reservations in AKS": 100 of 2 cores, 140 of 4, 180 of 8. */
function kubeletMillicores(vcpus: number): number {
  return vcpus <= 2 ? 100 : vcpus <= 4 ? 140 : vcpus <= 8 ? 180 : 260;
}

/** Returns how many members fit on a node of this size by their CPU request. This is an estimate for warnings. */
export function membersPerNode(vcpus: number, cpuRequestMillicores: number): number {
  const free = vcpus * 1000 - kubeletMillicores(vcpus) - addOnsMillicores;
  return cpuRequestMillicores <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor(free / cpuRequestMillicores));
}

/**
 * Returns a warning when the members of a drained node do not fit on the others, of which the autoscaler adds at most
 * `maxNodes`. Undefined if they fit.
 */
export function drainShortage(
  vcpus: number,
  maxNodes: number,
  members: number,
  cpuRequestMillicores: number,
): string | undefined {
  const room = (maxNodes - 1) * membersPerNode(vcpus, cpuRequestMillicores);
  if (room >= members) return undefined;
  return `When one of at most ${maxNodes} nodes is drained, about ${room} members of ${cpuRequestMillicores}m fit on the others, fewer than ${members}; raise max-nodes, use larger nodes, or lower cpu-request.`;
}
