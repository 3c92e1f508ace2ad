import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { projectFile } from '../tools/project-files.js';
import type { NodeSpec } from './node-object.js';

/** A running node: kwok replaces the kubelet. */
export interface NodeProcess {
  /** Cuts the power with SIGKILL, without a last request to the API server. Resolves when the process has ended. */
  kill(): Promise<void>;
}

export interface NodeProcessOptions {
  readonly kwok: string;
  readonly kubeconfig: string;
  /** The folder of the cluster; logs are in its folder `nodes`. */
  readonly folder: string;
}

/** A node renews its lease every second, and is NotReady after 5 seconds without a renewal. */
const leaseSeconds = 4;

/** `never-ready`: a kubelet that reports a machine without a network. */
export type NodeHealth = 'healthy' | 'never-ready';

const podStages = ['pod', 'image-never-pulls', 'crash-loop', 'missing-secret'];
const nodeStage: Readonly<Record<NodeHealth, string>> = { healthy: 'node', 'never-ready': 'node-never-ready' };

/** Starts the process of one node, whose Node object must exist. One process per node lets nodes fail one by one. */
export async function startNodeProcess(
  node: NodeSpec,
  health: NodeHealth,
  options: NodeProcessOptions,
): Promise<NodeProcess> {
  const logs = join(options.folder, 'nodes');
  await mkdir(logs, { recursive: true });
  const argv = [
    ...[nodeStage[health], ...podStages].flatMap(stage => [
      '--config',
      projectFile(`test/lab/cluster/stages/${stage}.yaml`),
    ]),
    ...['--kubeconfig', options.kubeconfig],
    '--manage-all-nodes=false',
    ...['--manage-single-node', node.name],
    ...['--node-lease-duration-seconds', String(leaseSeconds)],
    ...['--node-ip', node.address],
    // kwok counts pod addresses from the given one, which therefore must not be that of the network.
    ...['--cidr', node.podCIDR.replace('.0/', '.1/')],
  ];
  const log = await open(join(logs, `${node.name}.log`), 'a');
  // No server address: the lab itself serves the API of the kubelet.
  const child = spawn(options.kwok, argv, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    // GOGC for the same reason as in the control plane; one process uses little memory.
    env: { HOME: options.folder, GOGC: '1600' },
  });
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  child.unref();
  return {
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.ref();
      child.kill('SIGKILL');
      await gone;
    },
  };
}
