import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { ignoreNotFound, type LabApi } from '../api.js';
import type { ControlPlane } from '../cluster/control-plane.js';
import type { JoiningNode } from '../cluster/lab-cluster.js';
import { renderNode, type NodeSpec } from '../cluster/node-object.js';
import type { NodeHealth } from '../cluster/node-process.js';
import type { ClusterNodes } from '../cluster/nodes.js';
import type { NodePrograms } from '../tools/node-programs.js';
import { kubernetesVersion } from '../tools/pins.js';
import { createMachine, type Machine } from './machine.js';
import type { ClusterNetwork } from './network.js';
import { type NodeFilesOptions, writeNodeFiles } from './node-files.js';

/** The most nodes of a cluster: each knows the way to the pods of all others when it boots. */
export const mostNodes = 9;

/** Nodes that are machines of their own, with a kubelet, a container runtime and a kube-proxy. */
export interface RealNodes extends ClusterNodes {
  /** Adds a node with an address of its own and powers it on. */
  add(node: JoiningNode, health?: NodeHealth): Promise<void>;
  /** Unplugs the cable of a node, or plugs it in again. */
  setCable(name: string, plugged: boolean): Promise<void>;
  /** Stops all processes of a node, or lets them go on. */
  setFrozen(name: string, frozen: boolean): void;
  /** Runs a program on a node and returns its output. @throws Error with its output when it fails. */
  run(name: string, argv: readonly string[]): Promise<string>;
  /** Lets no machine boot any more. Resolves when none is booting. */
  close(): Promise<void>;
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
  readonly files: NodeFilesOptions;
}

const kubeletPort = 10_250;

export function createRealNodes(options: RealNodesOptions): RealNodes {
  const { api, controlPlane, network, programs, images } = options;
  const entries = new Map<string, Entry>();
  let closed = false;
  const running = new Set<Promise<void>>();
  const entryOf = (name: string): Entry => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`no node ${name}; there are ${[...entries.keys()].join(', ')}`);
    return entry;
  };
  const turnOn = async (name: string, health: NodeHealth): Promise<void> => {
    const { files, machine } = entryOf(name);
    if (closed) throw new Error(`the cluster of ${name} is stopped`);
    writeNodeFiles(files, health);
    const booted = machine.powerOn();
    running.add(booted);
    await booted.finally(() => running.delete(booted));
  };
  /** Machines with the same number have the same addresses; that of a removed one is free again. */
  const freeIndex = (): number => {
    const taken = [...entries.values()].map(({ files }) => files.index);
    const index = Array.from({ length: mostNodes }, (_, other) => other + 1).find(other => !taken.includes(other));
    if (index === undefined) throw new Error(`a cluster of real nodes has at most ${mostNodes} nodes`);
    return index;
  };
  return {
    names: () => [...entries.keys()],
    isOn: name => entries.get(name)?.machine.isOn() === true,
    async add(node, health = 'healthy') {
      const { name } = node;
      const index = freeIndex();
      const folder = join(options.folder, 'machines', name);
      const machine = createMachine({ name, index, folder, images, network, programs });
      const addressed: NodeSpec = { ...node, address: network.nodeAddress(index), podCIDR: network.podNetwork(index) };
      const files = { spec: addressed, index, folder, network, programs, controlPlane, nodes: mostNodes };
      entries.set(name, { machine, files });
      // A kubelet may not give itself the labels of Azure; it keeps those that it finds.
      await api.request('POST', '/api/v1/nodes', renderNode(addressed, kubernetesVersion, kubeletPort));
      await turnOn(name, health);
    },
    async remove(name) {
      const { machine, files } = entryOf(name);
      await machine.powerOff();
      entries.delete(name);
      await ignoreNotFound(api.request('DELETE', `/api/v1/nodes/${name}`));
      await rm(files.folder, { recursive: true, force: true });
    },
    start: name => turnOn(name, 'healthy'),
    stop: name => entryOf(name).machine.powerOff(),
    runScript: (name, script) => entryOf(name).machine.runScript(script),
    setCable: (name, plugged) => entryOf(name).machine.setCable(plugged),
    setFrozen: (name, frozen) => {
      entryOf(name).machine.setFrozen(frozen);
    },
    run: (name, argv) => entryOf(name).machine.run(argv),
    async close() {
      closed = true;
      await Promise.allSettled(running);
    },
  };
}
