import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';

import { projectFile } from '../tools/project-files.js';
import type { NodeSpec } from './node-object.js';

/** A running node: the kubelet's part, played by kwok. */
export interface NodeProcess {
  /** Cuts the power: SIGKILL, no farewell to the API server. Resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface NodeProcessOptions {
  readonly kwok: string;
  readonly kubeconfig: string;
  /** The cluster's folder; logs go to `nodes/` in it. */
  readonly folder: string;
}

/** A node renews its lease every second, and is NotReady when it has not done so for 5. */
const leaseSeconds = 4;

/** `never-ready`: a kubelet that reports, of a machine whose network does not come up. */
export type NodeHealth = 'healthy' | 'never-ready';

const podStages = ['pod', 'image-never-pulls', 'crash-loop', 'missing-secret'];
const nodeStage: Readonly<Record<NodeHealth, string>> = { healthy: 'node', 'never-ready': 'node-never-ready' };

/** Starts the process of one node, whose Node object must exist. Each node has one, so that nodes fail one by one. */
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
    // kwok counts pod addresses from the one given, which therefore must not be the network's own.
    ...['--cidr', node.podCIDR.replace('.0/', '.1/')],
  ];
  const log = await open(join(logs, `${node.name}.log`), 'a');
  // No server address: the kubelet's API is served by the lab itself.
  const child = spawn(options.kwok, argv, {
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { HOME: options.folder },
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
