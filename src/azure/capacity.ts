/**
 * What of a node's processors is left for members, in thousandths: "Node resource reservations in AKS" names the share
 * of the kubelet (100 of 2 cores, 140 of 4, 180 of 8); what the add-ons of a small cluster ask for on each node
 * (kube-proxy, CNI, CSI, CoreDNS, metrics-server, konnectivity) is an estimate.
 */
const addOnsMillicores = 700;

function kubeletMillicores(vcpus: number): number {
  return vcpus <= 2 ? 100 : vcpus <= 4 ? 140 : vcpus <= 8 ? 180 : 260;
}

/** How many members fit on a node of that size by their processor request. An estimate, good enough to warn. */
export function membersPerNode(vcpus: number, cpuRequestMillicores: number): number {
  const free = vcpus * 1000 - kubeletMillicores(vcpus) - addOnsMillicores;
  return cpuRequestMillicores <= 0 ? Number.POSITIVE_INFINITY : Math.max(0, Math.floor(free / cpuRequestMillicores));
}

/**
 * Says when draining one node cannot fit: the members of a drained node need room on the others, which the autoscaler
 * can only make up to `maxNodes`. Undefined: it fits.
 */
export function drainShortage(
  vcpus: number,
  maxNodes: number,
  members: number,
  cpuRequestMillicores: number,
): string | undefined {
  const room = (maxNodes - 1) * membersPerNode(vcpus, cpuRequestMillicores);
  if (room >= members) return undefined;
  return `With one of at most ${maxNodes} nodes drained, about ${room} members of ${cpuRequestMillicores}m fit on the others, fewer than ${members}; raise max-nodes, use larger nodes, or lower cpu-request.`;
}
