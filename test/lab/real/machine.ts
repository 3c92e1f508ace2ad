import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, openSync, closeSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { NodePrograms } from '../tools/node-programs.js';
import { projectFile } from '../tools/project-files.js';
import { runTool } from '../tools/run.js';
import { createTurns } from '../turns.js';
import { waitUntil } from '../wait.js';
import { removeGroups } from './leftovers.js';
import type { ClusterNetwork } from './network.js';
import { controllers } from './requirements.js';

/** A machine: namespaces of its own for processes, mounts, network and control groups, on a cable to a bridge. */
export interface Machine {
  isOn(): boolean;
  /** Boots it; nothing happens to one that is on. Resolves when its first program runs. */
  powerOn(): Promise<void>;
  /** Cuts the power: nothing leaves the machine any more, not even the end of a connection. */
  powerOff(): Promise<void>;
  /** Unplugs its cable, or plugs it in again. */
  setCable(plugged: boolean): Promise<void>;
  /** Stops all its processors, or lets them go on. */
  setFrozen(frozen: boolean): void;
  /** Runs a program on it and returns its output. @throws Error with its output when it fails. */
  run(argv: readonly string[]): Promise<string>;
  /** Runs a script of a shell on it, with the commands that nodes of AKS have, and returns what it writes. */
  runScript(script: string): Promise<string>;
}

export interface MachineOptions {
  readonly name: string;
  readonly index: number;
  /** The folder of this machine: its disk. */
  readonly folder: string;
  /** The folder of the images that it brings when it boots, each a file `NAME.tar`. */
  readonly images: string;
  readonly network: ClusterNetwork;
  readonly programs: NodePrograms;
}

const commands = projectFile('test/lab/real/commands');

/** The name of the control groups of a machine, and the prefix of its device on the host. */
export function groupOf({ bridge }: ClusterNetwork, index: number): string {
  return `${bridge}-${index}`;
}

export function createMachine(options: MachineOptions): Machine {
  const { name, index, folder, images, network, programs } = options;
  const group = groupOf(network, index);
  const address = network.nodeAddress(index);
  const env = { ...programs.env, HOME: folder, NODE_FOLDER: folder };
  // A shell joins the control groups before it leaves the namespaces of the host, so that theirs begin there.
  const enterGroups = controllers.map(one => `echo $$ > /sys/fs/cgroup/${one}/${group}/cgroup.procs`).join(' && ');
  const inTurn = createTurns();
  let shell: ChildProcess | undefined;
  let pid: number | undefined;

  const turnOff = async (): Promise<void> => {
    if (shell === undefined || pid === undefined) return;
    const gone = shell.exitCode === null && shell.signalCode === null ? once(shell, 'exit') : Promise.resolve();
    shell.ref();
    await runTool('ip', ['link', 'set', group, 'down']);
    process.kill(pid, 'SIGKILL');
    await gone;
    // Its network ends with it, but some time later.
    await runTool('ip', ['link', 'delete', group]);
    [shell, pid] = [undefined, undefined];
  };
  const turnOn = async (): Promise<void> => {
    if (pid !== undefined) return;
    // What the last boot left: the kubelet would spend seconds on each control group of a dead container.
    await removeGroups(group);
    createGroups(group);
    mkdirSync(folder, { recursive: true });
    const log = openSync(join(folder, 'boot.log'), 'a');
    const enter = projectFile('test/lab/real/scripts/enter-node.sh');
    const leave = `exec unshare --pid --fork --mount --uts --ipc --cgroup --net --kill-child ${enter} ${folder}/`;
    const child = spawn('/bin/bash', ['-c', `${enterGroups} && ${leave}`], {
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...env, NODE_NAME: name, NODE_ADDRESS: address, GATEWAY: network.host, IMAGES: images },
    });
    closeSync(log);
    await once(child, 'spawn');
    child.unref();
    shell = child;
    let init: number | undefined;
    await waitUntil(() => child.exitCode !== null || (init = childOf(child.pid)) !== undefined, `a boot of ${name}`);
    if (init === undefined) throw new Error(`${name} did not boot: ${readFileSync(join(folder, 'boot.log'), 'utf8')}`);
    pid = init;
    await plugIn(group, network, { pid: init, index });
    await runTool('ip', ['route', 'replace', network.podNetwork(index), 'via', address, 'dev', network.bridge]);
  };
  const run = (argv: readonly string[]): Promise<string> => {
    const enter = `exec nsenter --target ${String(pid)} --mount --net --pid --uts --ipc --cgroup "$@"`;
    return runTool('/bin/bash', ['-c', `${enterGroups} && ${enter}`, 'run', ...argv], { env });
  };
  return {
    isOn: () => pid !== undefined,
    powerOff: () => inTurn(turnOff),
    powerOn: () => inTurn(turnOn),
    async setCable(plugged) {
      await runTool('ip', ['link', 'set', group, plugged ? 'up' : 'down']);
    },
    setFrozen(frozen) {
      writeFileSync(`/sys/fs/cgroup/freezer/${group}/freezer.state`, frozen ? 'FROZEN' : 'THAWED');
    },
    run,
    runScript: script => run(['/bin/bash', '-c', 'export PATH="$0:$PATH"; (eval "$1") 2>&1 || true', commands, script]),
  };
}

/** Returns the first program of a machine: the only child of `unshare`, which waits for it. */
function childOf(parent: number | undefined): number | undefined {
  try {
    const first = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').split(' ')[0] ?? '';
    // The shell has other children until it becomes `unshare`.
    const isReady = readFileSync(`/proc/${parent}/comm`, 'utf8').trim() === 'unshare';
    return first === '' || !isReady ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

/**
 * Plugs a cable between a machine and the bridge; it goes with the machine. Machines with the same address have the same
 * network card, so that no other one has to forget a former card first.
 */
async function plugIn(
  device: string,
  { bridge }: ClusterNetwork,
  { pid, index }: { readonly pid: number; readonly index: number },
): Promise<void> {
  const card = `02:00:00:00:00:${index.toString(16).padStart(2, '0')}`;
  const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'address', card, 'netns', String(pid)];
  await runTool('ip', ['link', 'add', device, ...peer]);
  await runTool('ip', ['link', 'set', device, 'master', bridge, 'up']);
}

function createGroups(group: string): void {
  for (const controller of controllers) mkdirSync(`/sys/fs/cgroup/${controller}/${group}`, { recursive: true });
  for (const name of ['cpus', 'mems']) {
    const value = readFileSync(`/sys/fs/cgroup/cpuset/cpuset.${name}`);
    writeFileSync(`/sys/fs/cgroup/cpuset/${group}/cpuset.${name}`, value);
  }
}
