import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { runTool } from '../tools/run.js';
import { waitUntil } from '../wait.js';
import { controllers } from './requirements.js';

/** What real nodes add to the host outside their folder, and what no end of a process removes. */
interface OnHost {
  readonly bridge: string;
  /** The names of the control groups, the same in each controller. */
  readonly groups: readonly string[];
}

const fileName = 'on-host.json';

/** Writes down what is going to be added, so that whoever finds the folder can remove it. */
export function recordOnHost(folder: string, onHost: OnHost): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, fileName), JSON.stringify(onHost));
}

/**
 * Removes what the real nodes of a cluster, or of all clusters of a lab, have added to the host, when their processes have
 * ended: the bridge, and with it all routes, and the control groups. Does nothing for a folder without real nodes.
 */
export async function removeFromHost(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  const subfolders = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory());
  const files = ['.', ...subfolders.map(({ name }) => name)].map(name => join(folder, name, fileName));
  for (const file of files.filter(name => existsSync(name))) await removeRecorded(file);
}

async function removeRecorded(file: string): Promise<void> {
  const { bridge, groups } = JSON.parse(readFileSync(file, 'utf8')) as OnHost;
  for (const group of groups) await removeGroups(group);
  for (const device of [...groups, bridge]) await removeDevice(device);
}

/** The cable of a machine ends with the machine, but some time later. */
async function removeDevice(device: string): Promise<void> {
  const exists = (): boolean => existsSync(`/sys/class/net/${device}`);
  if (!exists()) return;
  await runTool('ip', ['link', 'delete', device]).catch((error: unknown) => {
    if (exists()) throw error;
  });
}

/** Removes the control groups of a node, with all below them, as soon as their last process has ended. */
export async function removeGroups(group: string): Promise<void> {
  for (const controller of controllers) {
    const path = `/sys/fs/cgroup/${controller}/${group}`;
    await waitUntil(() => removeTree(path), `the removal of control group ${path}`);
  }
}

/** Returns whether the control group no longer exists. */
function removeTree(path: string): boolean {
  if (!existsSync(path)) return true;
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    }
    rmdirSync(path);
    return true;
  } catch {
    return !existsSync(path);
  }
}
