import { randomUUID } from 'node:crypto';

import type { Node, Pod } from '../../../src/kubernetes/api/types.js';
import { ignoreNotFound, strategicMergePatch, type LabApi } from '../api.js';
import { createTurns } from '../turns.js';
import { renderNode, type NodeSpec } from './node-object.js';
import { lookAgain } from './second-look.js';
import { startNodeProcess, type NodeHealth, type NodeProcess, type NodeProcessOptions } from './node-process.js';

/** The nodes of one cluster: Node objects, each with a machine. */
export interface ClusterNodes {
  /** Returns the names in the order in which the nodes joined. */
  names(): readonly string[];
  /** Returns whether the machine has power; the API shows a change seconds later. */
  isOn(name: string): boolean;
  /** Runs a script of a shell on the node and returns what it writes, whatever its exit code. */
  runScript(name: string, script: string): Promise<string>;
  /** Powers the node off and deletes its Node object. */
  remove(name: string): Promise<void>;
  /** Powers on: the machine boots, healthy, and its containers restart. A powered-on node stays the same. */
  start(name: string): Promise<void>;
  /** Cuts the power. A powered-off node stays the same. */
  stop(name: string): Promise<void>;
}

/** Nodes without processes of their own, but for the one that stands for the machine. */
export interface SimulatedNodes extends ClusterNodes {
  /** Adds a node and powers it on. */
  add(spec: NodeSpec, health: NodeHealth): Promise<void>;
  /** Ends all processes of nodes, and what would start them again. */
  close(): Promise<void>;
}

export interface SimulatedNodesOptions extends NodeProcessOptions {
  readonly api: LabApi;
  /** The version that the nodes report as that of their kubelet. */
  readonly kubernetesVersion: string;
  /** The port of every kubelet, at the address of its node. */
  readonly kubeletPort: number;
}

interface Entry {
  readonly spec: NodeSpec;
  on: boolean;
  /** The kubelet. */
  process?: NodeProcess;
  /** Starts the kubelet again. */
  timer?: NodeJS.Timeout;
  /** Changes are made one after the other: a timer and a caller that start a kubelet at once must not start two. */
  readonly inTurn: ReturnType<typeof createTurns>;
}

export function createSimulatedNodes(options: SimulatedNodesOptions): SimulatedNodes {
  const { api } = options;
  const entries = new Map<string, Entry>();
  const inTurn = (name: string, body: (entry: Entry) => Promise<void>): Promise<void> => {
    const entry = entries.get(name);
    if (entry === undefined) throw new Error(`no node ${name}; there are ${[...entries.keys()].join(', ')}`);
    return entry.inTurn(() => body(entry));
  };
  const killKubelet = async (entry: Entry): Promise<void> => {
    clearTimeout(entry.timer);
    await entry.process?.kill();
    delete entry.process;
  };
  const revive = async (entry: Entry): Promise<void> => {
    const process = await startNodeProcess(entry.spec, 'healthy', options);
    entry.process = process;
    void lookAgain(api, entry.spec.name, () => entry.process === process);
  };
  const stop = (name: string): Promise<void> =>
    inTurn(name, async entry => {
      entry.on = false;
      await killKubelet(entry);
    });
  const startKubelet = (name: string): Promise<void> =>
    inTurn(name, async entry => {
      clearTimeout(entry.timer);
      if (entry.on && entry.process === undefined) await revive(entry);
    });
  const stopKubelet = (name: string, ms: number): Promise<void> =>
    inTurn(name, async entry => {
      await killKubelet(entry);
      entry.timer = setTimeout(() => {
        if (entries.get(name) === entry) startKubelet(name).catch(() => undefined);
      }, ms);
      entry.timer.unref();
    });
  return {
    names: () => [...entries.keys()],
    isOn: name => entries.get(name)?.on === true,
    // These nodes have no shell: they know the scripts of the action.
    async runScript(name, script) {
      const [, seconds] =
        /^systemd-run --on-active=(\d+)s systemctl start kubelet && systemctl stop kubelet$/.exec(script) ?? [];
      if (seconds !== undefined) await stopKubelet(name, Number(seconds) * 1000);
      else if (script === 'systemctl start kubelet') await startKubelet(name);
      else return `simulated nodes do not know how to run: ${script}\n`;
      return '';
    },
    add: async (spec, health) => {
      entries.set(spec.name, { spec, on: true, inTurn: createTurns() });
      await inTurn(spec.name, async entry => {
        await api.request('POST', '/api/v1/nodes', renderNode(spec, options.kubernetesVersion, options.kubeletPort));
        entry.process = await startNodeProcess(spec, health, options);
      });
    },
    remove: async name => {
      await stop(name);
      entries.delete(name);
      await ignoreNotFound(api.request('DELETE', `/api/v1/nodes/${name}`));
    },
    start: name =>
      inTurn(name, async entry => {
        if (entry.on && entry.process !== undefined) return;
        entry.on = true;
        await boot(api, name);
        await revive(entry);
      }),
    stop,
    async close() {
      await Promise.all([...entries.keys()].map(stop));
    },
  };
}

/**
 * Applies what a power cycle changes but the process of the node does not know: another boot id, containers that must
 * restart, and no lease of an earlier process (a kubelet has the same identity after a restart, kwok has not).
 */
async function boot(api: LabApi, name: string): Promise<void> {
  const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${name}`;
  const bootID = { status: { nodeInfo: { bootID: randomUUID() } } };
  const pods = await api.list<Pod>(`/api/v1/pods?fieldSelector=spec.nodeName=${name},status.phase=Running`);
  await Promise.all([
    ignoreNotFound(api.request('DELETE', lease)),
    ignoreNotFound(api.patch<Node>(`/api/v1/nodes/${name}/status`, bootID, strategicMergePatch)),
    ...pods.items.map(({ metadata }) =>
      ignoreNotFound(
        api.patch(
          `/api/v1/namespaces/${metadata.namespace ?? 'default'}/pods/${metadata.name}/status`,
          { status: { conditions: ['Ready', 'ContainersReady'].map(type => ({ type, status: 'False' })) } },
          strategicMergePatch,
        ),
      ),
    ),
  ]);
}
