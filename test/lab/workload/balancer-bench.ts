import { waitUntil } from '../wait.js';
import { loopbackAddresses } from './addresses.js';
import { type BalancerFault, createFaultSwitch } from './balancer-faults.js';
import { handmadeCluster, someService, somePod } from './fakes.js';
import { createFrontend } from './frontend.js';
import { runMembers } from './members.js';
import { simulatedBackends } from './routing.js';
import { createServerLogs } from './server-log.js';

/** Two members behind a load balancer with faults, without Kubernetes: enough to check the measurement. */
export interface BalancerBench extends AsyncDisposable {
  readonly url: string;
  setFault(fault: BalancerFault): void;
}

const address = loopbackAddresses();
const port = 18081;

/** @param random decides which connections a fault of a share of them takes, as Math.random. */
export async function startBalancerBench(random: () => number = Math.random): Promise<BalancerBench> {
  const cluster = handmadeCluster();
  const { nodeIsAlive } = cluster;
  const faults = createFaultSwitch(() => performance.now());
  const missing = (): Promise<undefined> => Promise.resolve(undefined);
  const none = { secret: missing, configMap: missing, secretFiles: missing };
  const members = runMembers({ view: cluster, logs: createServerLogs(), nodeIsAlive, references: () => none });
  for (const ordinal of [0, 1]) cluster.put(somePod({ ordinal }));
  await waitUntil(() => members.list().length === 2, 'two members run');
  const ports = [{ port, targetPort: 8800 }];
  const service = someService('migratorydata-cs', { type: 'LoadBalancer', ports, externalTrafficPolicy: 'Local' });
  cluster.serviceList.push(service);
  const timing = { probeIntervalMs: 40, probeFailures: 2, provisionMs: 0 };
  const backends = simulatedBackends({ view: cluster, members, nodeIsAlive, random });
  const context = { view: cluster, backends, random, timing, faults };
  const frontend = createFrontend(service, address(), context);
  await frontend.open(service);
  return {
    url: `http://${frontend.address}:${port}`,
    setFault: fault => {
      faults.set(fault);
    },
    async [Symbol.asyncDispose]() {
      await frontend.stop();
      await members.stop();
    },
  };
}
