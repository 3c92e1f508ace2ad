import { join } from 'node:path';

import { ignoreNotFound, type LabApi } from '../api.js';
import type { ControlPlane } from '../cluster/control-plane.js';
import { renderNode, type NodeSpec } from '../cluster/node-object.js';
import type { ClusterNodes } from '../cluster/nodes.js';
import type { NodePrograms } from '../tools/node-programs.js';
import { kubernetesVersion } from '../tools/pins.js';
import { createMachine, type Machine } from './machine.js';
import type { ClusterNetwork } from './network.js';
import { writeNodeFiles } from './node-files.js';

/** The most nodes of a cluster: each knows the way to the pods of all others when it boots. */
export const mostNodes = 9;

/** Nodes that are machines of their own, with a kubelet, a container runtime and a kube-proxy. */
export interface RealNodes extends ClusterNodes {
  /** Unplugs the cable of a node, or plugs it in again. */
  setCable(name: string, plugged: boolean): Promise<void>;
  /** Stops all processes of a node, or lets them go on. */
  setFrozen(name: string, frozen: boolean): void;
  /** Runs a program on a node and returns its output. @throws Error with its output when it fails. */
  run(name: string, argv: readonly string[]): Promise<string>;
}

export interface RealNodesOptions {
  /** The folder of the cluster. */
  readonly folder: string;
  readonly api: LabApi;
  readonly controlPlane: ControlPlane;
  readonly network: ClusterNetwork;
  readonly programs: NodePrograms;
  readonly images: string;
}

interface Entry {
  readonly machine: Machine;
  timer?: NodeJS.Timeout;
}

const kubeletPort = 10_250;

export function createRealNodes(options: RealNodesOptions): RealNodes {
  const { api, controlPlane, network } = options;
  const entries = new Map<string, Entry>();
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`no node ${name}; there are ${[...entries.keys()].join(', ')}`);
    return entry;
  };
  const startKubelet = async (name: string): Promise<void> => {
    const { machine, timer } = entryOf(name);
    clearTimeout(timer);
    const command = `pidof kubelet || setsid ${join(folderOf(name), 'kubelet.sh')} &`;
    if (machine.isOn()) await machine.run(['/bin/bash', '-c', command]);
  };
  const folderOf = (name: string): string => join(options.folder, 'machines', name);
  return {
    names: () => [...entries.keys()],
    isOn: name => entryOf(name).machine.isOn(),
    async stopKubelet(name, ms) {
      const entry = entryOf(name);
      await entry.machine.run(['/bin/bash', '-c', 'kill -9 $(pidof kubelet)']);
      entry.timer = setTimeout(() => {
        startKubelet(name).catch(() => undefined);
      }, ms);
      entry.timer.unref();
    },
    startKubelet,
    async add(spec) {
      const index = entries.size + 1;
      if (index > mostNodes) throw new Error(`a cluster of real nodes has at most ${mostNodes} nodes`);
      const { name } = spec;
      const files = { name, index, folder: folderOf(name), network, programs: options.programs };
      const machine = createMachine({ ...files, images: options.images });
      entries.set(name, { machine });
      writeNodeFiles({ ...files, controlPlane, nodes: mostNodes });
      const addressed: NodeSpec = { ...spec, address: network.nodeAddress(index), podCIDR: network.podNetwork(index) };
      // A kubelet may not give itself the labels of Azure; it keeps those that it finds.
      await api.request('POST', '/api/v1/nodes', renderNode(addressed, kubernetesVersion, kubeletPort));
      await machine.powerOn();
    },
    async remove(name) {
      await entryOf(name).machine.powerOff();
      entries.delete(name);
      await ignoreNotFound(api.request('DELETE', `/api/v1/nodes/${name}`));
    },
    start: name => entryOf(name).machine.powerOn(),
    stop: name => entryOf(name).machine.powerOff(),
    setCable: (name, plugged) => entryOf(name).machine.setCable(plugged),
    setFrozen: (name, frozen) => {
      entryOf(name).machine.setFrozen(frozen);
    },
    run: (name, argv) => entryOf(name).machine.run(argv),
  };
}
