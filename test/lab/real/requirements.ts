import { existsSync } from 'node:fs';
import { locateNodePrograms, type NodePrograms } from '../tools/node-programs.js';
import { findOnPath } from '../tools/path.js';
import type { Progress } from '../tools/progress.js';
import { projectFile } from '../tools/project-files.js';
import { runTool } from '../tools/run.js';

/** Control groups of version 1 that a node gets. */
export const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];

/** From iproute2 and util-linux. */
const programs = ['ip', 'nsenter', 'unshare', 'sysctl', 'mount'];

const remedy = 'use simulated nodes, which need nothing of this';

/** Returns why this machine cannot run real nodes and what to do, as one sentence; undefined when it can. */
async function describeObstacle(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `Real nodes need Linux, and this is ${process.platform}: ${remedy}.`;
  if (process.getuid?.() !== 0) return `Real nodes need root: run the command with sudo, or ${remedy}.`;
  const absent = controllers.filter(name => !existsSync(`/sys/fs/cgroup/${name}/cgroup.procs`));
  if (absent.length > 0) {
    return `Real nodes need control groups of version 1, and /sys/fs/cgroup has no ${absent.join(', ')}: ${remedy}.`;
  }
  const found = await Promise.all(programs.map(name => findOnPath(name)));
  const missing = programs.filter((_, index) => found[index] === undefined);
  if (missing.length > 0) {
    return `Real nodes need ${missing.join(', ')}: install iproute2, util-linux and procps, or ${remedy}.`;
  }
  return undefined;
}

/** This machine cannot run real nodes. The message is one sentence that says why, and what to do. */
export class ObstacleError extends Error {
  override readonly name = 'ObstacleError';
}

/**
 * Brings the programs of real nodes, if this machine can run them.
 * @throws ObstacleError when it cannot.
 */
export async function prepareRealNodes(progress: Progress): Promise<NodePrograms> {
  const obstacle = await describeObstacle();
  if (obstacle !== undefined) throw new ObstacleError(obstacle);
  const nodePrograms = await locateNodePrograms(progress);
  const refusal = await describeKernelObstacle(nodePrograms);
  if (refusal !== undefined) throw new ObstacleError(refusal);
  return nodePrograms;
}

/**
 * Returns why the kernel does not let a node of these programs run, as one sentence; undefined when it does. In many
 * containers, root may not do all of that.
 */
async function describeKernelObstacle({ env }: NodePrograms): Promise<string | undefined> {
  const spaces = ['--pid', '--fork', '--mount', '--uts', '--ipc', '--cgroup', '--net'];
  const script = projectFile('test/lab/real/scripts/try-machine.sh');
  return runTool('unshare', [...spaces, script], { env }).then(
    () => undefined,
    (error: unknown) => `Real nodes need more of this machine than it allows: ${String(error)}; ${remedy}.`,
  );
}
