import { randomUUID } from 'node:crypto';

/** The facts about a node before its kubelet reports. */
export interface NodeSpec {
  readonly name: string;
  readonly providerID: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpus: number;
  readonly memoryGiB: number;
  /** A separate loopback address, so that probes of node ports can distinguish nodes. */
  readonly address: string;
  /** For example 10.244.1.0/24. */
  readonly podCIDR: string;
}

/** A machine of an Azure scale set. */
export interface AzureMachine {
  readonly name: string;
  readonly subscriptionId: string;
  readonly nodeResourceGroup: string;
  readonly location: string;
  readonly pool: string;
  readonly scaleSet: string;
  readonly instanceId: number;
  readonly vmSize: string;
  /** The zones of the pool, assigned round-robin to the machines in the order of their ids. */
  readonly zones: readonly string[];
}

/**
 * The labels of AKS that selectors use. In a pool without zones, their values are fault domain numbers:
 * learn.microsoft.com/azure/aks/availability-zones.
 */
function labelAzureMachine(machine: AzureMachine): Readonly<Record<string, string>> {
  const zone = machine.zones[machine.instanceId % machine.zones.length];
  return {
    agentpool: machine.pool,
    'beta.kubernetes.io/instance-type': machine.vmSize,
    'kubernetes.azure.com/agentpool': machine.pool,
    'kubernetes.azure.com/cluster': labelOf(machine.nodeResourceGroup),
    'kubernetes.azure.com/mode': 'system',
    'kubernetes.azure.com/nodepool-type': 'VirtualMachineScaleSets',
    'kubernetes.azure.com/os-sku': 'Ubuntu',
    'node.kubernetes.io/instance-type': machine.vmSize,
    'topology.kubernetes.io/region': machine.location,
    'topology.kubernetes.io/zone': zone === undefined ? '0' : `${machine.location}-${zone}`,
  };
}

/**
 * Returns the name of a group as a label: AKS cuts it, and adds a letter when it would end with a punctuation mark
 * (Azure/AgentBaker, baker.go).
 */
function labelOf(group: string): string {
  const name = group.replaceAll(/[()]/g, '-').slice(0, 63);
  return /[-_.]$/.test(name) ? `${name.slice(0, 62)}z` : name;
}

/** Returns the node of a machine in AKS. Sizes are those of the D series: 4 GiB per vCPU. */
export function describeAzureNode(machine: AzureMachine): Omit<NodeSpec, 'address' | 'podCIDR'> {
  const cpus = Number(/^Standard_[A-Z]+(\d+)/.exec(machine.vmSize)?.[1] ?? 2);
  const group = `/subscriptions/${machine.subscriptionId}/resourceGroups/${machine.nodeResourceGroup}`;
  const scaleSet = `${group}/providers/Microsoft.Compute/virtualMachineScaleSets/${machine.scaleSet}`;
  return {
    name: machine.name,
    providerID: `azure://${scaleSet}/virtualMachines/${machine.instanceId}`,
    labels: labelAzureMachine(machine),
    cpus,
    memoryGiB: 4 * cpus,
  };
}

/** Returns a worker of kind: no zone, no pool, and all resources of a developer's machine. */
export function describeKindNode(cluster: string, index: number): Omit<NodeSpec, 'address' | 'podCIDR'> {
  const name = `${cluster}-worker${index === 0 ? '' : index + 1}`;
  return { name, providerID: `kind://docker/${cluster}/${name}`, labels: {}, cpus: 4, memoryGiB: 16 };
}

/** Returns the CPU that AKS reserves, in millicores: learn.microsoft.com/azure/aks/node-resource-reservations. */
function reservedMillicores(cpus: number): number {
  if (cpus <= 1) return 60;
  if (cpus <= 2) return 100;
  return cpus <= 4 ? 140 : 180;
}

/** Returns what pods may use of a node. On the smaller sizes, AKS reserves about a third of the memory. */
export function allocatableOf({ cpus, memoryGiB }: Pick<NodeSpec, 'cpus' | 'memoryGiB'>): {
  readonly millicores: number;
  readonly memoryMiB: number;
} {
  return { millicores: cpus * 1000 - reservedMillicores(cpus), memoryMiB: Math.floor(memoryGiB * 1024 * 0.65) };
}

/** Returns the Node as a kubelet registers it: not Ready until the process of the node reports. */
export function renderNode(spec: NodeSpec, kubernetesVersion: string, kubeletPort: number): object {
  const { millicores, memoryMiB } = allocatableOf(spec);
  const size = { pods: '110', 'ephemeral-storage': '129886128Ki' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: spec.name,
      labels: {
        'beta.kubernetes.io/arch': 'amd64',
        'beta.kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': spec.name,
        'kubernetes.io/os': 'linux',
        ...spec.labels,
      },
    },
    spec: { providerID: spec.providerID, podCIDR: spec.podCIDR, podCIDRs: [spec.podCIDR] },
    status: {
      addresses: [
        { type: 'InternalIP', address: spec.address },
        { type: 'Hostname', address: spec.name },
      ],
      capacity: { ...size, cpu: String(spec.cpus), memory: `${spec.memoryGiB}Gi` },
      allocatable: {
        ...size,
        cpu: `${millicores}m`,
        memory: `${memoryMiB}Mi`,
      },
      conditions: [
        {
          type: 'Ready',
          status: 'False',
          reason: 'KubeletNotReady',
          message:
            'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady ' +
            'message:Network plugin returns error: cni plugin not initialized',
        },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: kubeletPort } },
      nodeInfo: {
        architecture: 'amd64',
        bootID: randomUUID(),
        containerRuntimeVersion: 'containerd://2.0.0',
        kernelVersion: '5.15.0-1084-azure',
        kubeProxyVersion: '',
        kubeletVersion: `v${kubernetesVersion}`,
        machineID: randomUUID().replaceAll('-', ''),
        operatingSystem: 'linux',
        osImage: 'Ubuntu 22.04.5 LTS',
        systemUUID: randomUUID(),
      },
    },
  };
}
