import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';

import { type ControlPlane, pkiOf } from '../cluster/control-plane.js';
import { allocatableOf, type NodeSpec } from '../cluster/node-object.js';
import type { NodeHealth } from '../cluster/node-process.js';
import type { NodePrograms } from '../tools/node-programs.js';
import { dnsAddress } from './cluster-dns.js';
import type { ClusterNetwork } from './network.js';

export interface NodeFilesOptions {
  readonly spec: NodeSpec;
  readonly index: number;
  /** The folder of the machine. */
  readonly folder: string;
  readonly network: ClusterNetwork;
  /** The pod networks of all nodes that a cluster may have. */
  readonly nodes: number;
  readonly programs: NodePrograms;
  readonly controlPlane: ControlPlane;
}

/**
 * Writes the configuration of the programs of a node: container runtime, pod network, kubelet, kube-proxy. A node that
 * never becomes Ready has no pod network.
 */
export function writeNodeFiles(options: NodeFilesOptions, health: NodeHealth): void {
  const { folder, index, spec, network, programs, nodes } = options;
  const cni = join(folder, 'cni');
  mkdirSync(cni, { recursive: true });
  const write = (file: string, text: string, mode = 0o644): void => {
    writeFileSync(join(folder, file), text, { mode });
  };
  write('containerd.toml', containerdConfig(programs.cni, cni));
  if (health === 'healthy') write('cni/10-pods.conflist', JSON.stringify(podNetwork(spec.podCIDR)));
  // Each node reaches the pods of the others through their addresses.
  const others = Array.from({ length: nodes }, (_, other) => other + 1).filter(other => other !== index);
  write('routes', others.map(other => `${network.podNetwork(other)} ${network.nodeAddress(other)}\n`).join(''));
  write('resolv.conf', `nameserver ${network.host}\n`);
  write('kubelet.yaml', stringify(kubeletConfig(options)));
  write('kube-proxy.yaml', stringify(kubeProxyConfig(options)));
  // The one of the host names its loopback.
  const kubeconfig = readFileSync(options.controlPlane.kubeconfig, 'utf8').replaceAll('127.0.0.1', network.host);
  write('kubeconfig', kubeconfig, 0o600);
  const kubelet = [
    programs.kubelet,
    ...['--config', join(folder, 'kubelet.yaml'), '--kubeconfig', join(folder, 'kubeconfig')],
    ...['--hostname-override', spec.name, '--node-ip', spec.address],
  ];
  write('kubelet.sh', script(kubelet, join(folder, 'kubelet.log')), 0o755);
  const proxy = [programs.kubeProxy, '--config', join(folder, 'kube-proxy.yaml')];
  write('kube-proxy.sh', script(proxy, join(folder, 'kube-proxy.log')), 0o755);
}

function script(argv: readonly string[], log: string): string {
  return `#!/bin/bash\nexec ${argv.join(' ')} >> ${log} 2>&1\n`;
}

/** Version 2 of the configuration is read by containerd 1.6 and by all later ones. */
function containerdConfig(plugins: string, networks: string): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "lab/busybox:1"
  disable_apparmor = true
  # Without CAP_SYS_RESOURCE, as in many containers, runc cannot lower the score of a process.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${plugins}"
  conf_dir = "${networks}"
`;
}

function podNetwork(subnet: string): object {
  const ipam = {
    type: 'host-local',
    dataDir: '/run/cni-addresses',
    ranges: [[{ subnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  return {
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      { type: 'ptp', mtu: 1500, ipMasq: false, ipam },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
}

const evictionMiB = 100;

/** Times as of the simulated nodes: a renewal each second, and NotReady after 5 seconds without one. */
function kubeletConfig({ folder, spec, controlPlane: { folder: plane } }: NodeFilesOptions): object {
  const pki = (file: string): string => join(pkiOf(plane), file);
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    failSwapOn: false,
    clusterDNS: [dnsAddress],
    clusterDomain: 'cluster.local',
    resolvConf: join(folder, 'resolv.conf'),
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: pki('ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    tlsCertFile: pki('admin.crt'),
    tlsPrivateKeyFile: pki('admin.key'),
    nodeStatusUpdateFrequency: '1s',
    nodeLeaseDurationSeconds: 4,
    // The disk and the memory are those of the host, which other things use, too.
    imageGCHighThresholdPercent: 100,
    evictionHard: { 'memory.available': `${evictionMiB}Mi` },
    systemReserved: reservedOf(spec),
    shutdownGracePeriod: '0s',
  };
}

/** Returns what pods may not use of the host, so that a node has the room of its size, or that of a smaller host. */
function reservedOf(spec: NodeSpec): object {
  const { millicores, memoryMiB } = allocatableOf(spec);
  const memory = Math.floor(totalmem() / 2 ** 20) - evictionMiB - memoryMiB;
  return { cpu: `${Math.max(0, 1000 * cpus().length - millicores)}m`, memory: `${Math.max(0, memory)}Mi` };
}

function kubeProxyConfig({ spec, folder }: NodeFilesOptions): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    hostnameOverride: spec.name,
    clientConnection: { kubeconfig: join(folder, 'kubeconfig') },
    // These limits belong to the host.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  };
}
