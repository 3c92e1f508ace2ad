import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { startGuard } from '../../lab/cluster/guard.js';
import { type RealCluster, startRealCluster } from '../../lab/real/cluster.js';
import { locateTools } from '../../lab/tools/locate-tools.js';
import { locateNodePrograms } from '../../lab/tools/node-programs.js';

/** Starts a cluster of real nodes in a folder of its own, with a guard. The tools are installed by now. */
export async function start(nodes: number): Promise<RealCluster> {
  const quiet = (): void => undefined;
  const [tools, programs] = await Promise.all([locateTools(quiet), locateNodePrograms(quiet)]);
  // Nobody would remove it until the guard runs.
  const folder = await mkdtemp(join(tmpdir(), 'migratorydata-aks-real-'));
  const guard = startGuard(folder);
  // As in a lab, the folder of the cluster is in a folder with a guard.
  const cluster = await startRealCluster({ folder: join(folder, 'cluster'), name: 'kind', nodes, tools, programs });
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
      guard.release();
    },
  };
}

// As a program, for a test that kills it: starts a cluster and stays, until it is told to end.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write('starting\n');
  const cluster = await start(1);
  process.on('SIGTERM', () => {
    void cluster.stop().then(() => process.exit(0));
  });
  process.stdout.write('started\n');
  setInterval(() => undefined, 60_000);
}
