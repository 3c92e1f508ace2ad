import { existsSync } from 'node:fs';
import { findOnPath } from '../tools/path.js';
import { runTool } from '../tools/run.js';

/** Control groups of version 1 that a node gets. */
export const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];

/** From iproute2 and util-linux. */
const programs = ['ip', 'nsenter', 'unshare', 'sysctl', 'mount'];

/** Returns why this machine cannot run real nodes and what to do, as one sentence; undefined when it can. */
export async function describeObstacle(): Promise<string | undefined> {
  const remedy = 'use simulated nodes, which need nothing of this';
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
  const spaces = ['--pid', '--fork', '--mount', '--uts', '--ipc', '--cgroup', '--net'];
  // In many containers, root may not do this.
  return runTool('unshare', [...spaces, 'mount', '--make-rprivate', '/']).then(
    () => undefined,
    (error: unknown) => `Real nodes need namespaces and mounts of their own: ${String(error)}; ${remedy}.`,
  );
}
