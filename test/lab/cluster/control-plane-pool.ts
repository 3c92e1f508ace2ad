import { copyFile, mkdir, mkdtemp, readdir, readFile, unlink, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

import { close, listen } from '../workload/listener.js';
import type { Tools } from '../tools/pins.js';
import { forgetRequests } from './audit.js';
import { type ControlPlane, openControlPlane, startControlPlane } from './control-plane.js';
import { readObjects, type StoredObjects, writeObjects } from './etcd.js';
import { startGuard } from './guard.js';
import { pauseProcesses, removeWithProcesses, resumeProcesses } from './processes.js';

/** The variable with the folder of the pool. Without it or empty, each cluster starts a control plane of its own. */
export const poolVariable = 'LAB_CONTROL_PLANES';

/** A new control plane has come to rest when nothing changes for this time. */
const quietMs = 1_000;
/** Controllers still respond to the last changes of a cluster for this time. */
const settleMs = 100;
/** Rounds until a control plane that does not come to rest is given up. */
const mostRounds = 50;

/**
 * Makes a pool of control planes: this process and those that it starts use them one after the other, because a start
 * costs seven seconds of the processor. They end with this process.
 */
export async function createPool(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-planes-'));
  startGuard(folder);
  process.env[poolVariable] = folder;
}

/**
 * Returns a control plane without objects of others, from the pool if there is one. `stop` gives it back.
 * @param folder the folder of the cluster; its processes end with `stop`
 */
export async function leaseControlPlane(folder: string, tools: Tools): Promise<ControlPlane> {
  const { [poolVariable]: pool = '' } = process.env;
  if (pool === '') return startControlPlane(folder, tools);
  await mkdir(join(pool, 'free'), { recursive: true });
  const { plane, initial } = (await takeFree(pool, tools)) ?? (await addTo(pool, tools));
  const door = await openDoor(plane.server);
  const stop = async (): Promise<void> => {
    await door.close();
    forgetRequests(plane.folder);
    await removeWithProcesses(folder);
    if (!(await reset(plane, initial))) return plane.stop();
    // Even without a cluster, a control plane takes two percent of a core.
    pauseProcesses(plane.folder);
    await writeFile(freeMark(pool, plane.folder), '');
  };
  await mkdir(folder, { recursive: true });
  // The processes of nodes are those of this cluster by the path of their kubeconfig.
  const kubeconfig = join(folder, basename(plane.kubeconfig));
  await copyFile(plane.kubeconfig, kubeconfig);
  return { ...plane, server: door.server, kubeconfig, stop };
}

interface Pooled {
  readonly plane: ControlPlane;
  /** What the plane stored before its first use. */
  readonly initial: StoredObjects;
}

const freeMark = (pool: string, plane: string): string => join(pool, 'free', basename(plane));
const initialFile = (plane: string): string => join(plane, 'initial.json');

/** Takes a plane that nobody uses: who removes its mark has it. */
async function takeFree(pool: string, tools: Tools): Promise<Pooled | undefined> {
  for (const name of await readdir(join(pool, 'free'))) {
    const folder = join(pool, name);
    try {
      await unlink(freeMark(pool, folder));
    } catch {
      continue;
    }
    resumeProcesses(folder);
    const plane = await openControlPlane(folder, tools);
    const initial = JSON.parse(await readFile(initialFile(folder), 'utf8')) as StoredObjects;
    // Once more: a controller may have written late.
    if (await reset(plane, initial)) return { plane, initial };
    await plane.stop();
  }
  return undefined;
}

async function addTo(pool: string, tools: Tools): Promise<Pooled> {
  const plane = await startControlPlane(await mkdtemp(join(pool, 'plane-')), tools);
  const initial = await readAtRest(plane);
  await writeFile(initialFile(plane.folder), JSON.stringify(initial));
  return { plane, initial };
}

/**
 * Reads what a new control plane stores when nothing changes any more. Its controllers have begun; otherwise they would
 * create their own objects again after each reset.
 */
async function readAtRest({ etcd }: ControlPlane): Promise<StoredObjects> {
  let latest = await readObjects(etcd);
  for (;;) {
    await sleep(quietMs);
    const now = await readObjects(etcd);
    if (isDeepStrictEqual(now, latest)) return now;
    latest = now;
  }
}

/** Returns whether the plane stores what it stored at first, and its controllers leave it so. */
async function reset({ etcd }: ControlPlane, initial: StoredObjects): Promise<boolean> {
  try {
    for (let round = 0; round < mostRounds; round += 1) {
      if ((await writeObjects(etcd, initial)) === 0 && round > 0) return true;
      await sleep(settleMs);
    }
  } catch {
    // A plane whose etcd does not respond is not used again.
  }
  return false;
}

interface Door {
  readonly server: string;
  close(): Promise<void>;
}

/**
 * Opens an address of its own for each use of an API server: when a cluster is deleted, its address refuses
 * connections, although the API server runs on.
 */
async function openDoor(apiServer: string): Promise<Door> {
  const { hostname: host, port } = new URL(apiServer);
  const open = new Set<Socket>();
  const door = createServer(client => {
    const inside = connect({ host, port: Number(port) });
    open.add(client);
    for (const [one, other] of [
      [client, inside],
      [inside, client],
    ] as const) {
      one.on('error', () => one.destroy());
      one.once('close', () => other.destroy());
      one.pipe(other);
    }
    client.once('close', () => open.delete(client));
  });
  const doorPort = await listen(door);
  return {
    server: `https://${host}:${doorPort}`,
    close() {
      const closed = close(door);
      for (const client of open) client.destroy();
      return closed;
    },
  };
}
