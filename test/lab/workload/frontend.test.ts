import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { waitUntil } from '../wait.js';
import { loopbackAddresses } from './addresses.js';
import { createFaultSwitch, type FaultSwitch } from './balancer-faults.js';
import { handmadeCluster, type HandmadeCluster, someOptions, somePod, someService } from './fakes.js';
import { createFrontend, type Frontend } from './frontend.js';
import { type Members, runMembers } from './members.js';
import type { ExposedService } from './objects.js';
import { simulatedBackends } from './routing.js';
import { createServerLogs } from './server-log.js';

const port = 18080;
let cluster: HandmadeCluster;
let members: Members;
let frontend: Frontend;
let faults: FaultSwitch;

async function expose(
  spec: ExposedService['spec'] = { externalTrafficPolicy: 'Local' },
  probeIntervalMs = 40,
): Promise<void> {
  const service = someService('migratorydata-cs', {
    type: 'LoadBalancer',
    ports: [{ port, targetPort: 8800 }],
    ...spec,
  });
  cluster.serviceList.push(service);
  const { nodeIsAlive } = cluster;
  const timing = { probeIntervalMs, probeFailures: 2, provisionMs: 0 };
  frontend = createFrontend(service, loopbackAddresses()(), {
    view: cluster,
    backends: simulatedBackends({ view: cluster, members, nodeIsAlive, random: Math.random }),
    random: Math.random,
    timing,
    faults,
  });
  await frontend.open(service);
}

beforeEach(async () => {
  cluster = handmadeCluster();
  faults = createFaultSwitch(() => performance.now());
  const missing = (): Promise<undefined> => Promise.resolve(undefined);
  const none = { secret: missing, configMap: missing, secretFiles: missing };
  members = runMembers({
    view: cluster,
    logs: createServerLogs(),
    nodeIsAlive: cluster.nodeIsAlive,
    references: () => none,
  });
  for (const ordinal of [0, 1]) cluster.put(somePod({ ordinal }));
  await waitUntil(() => members.list().length === 2, 'two members run');
});
afterEach(async () => {
  await frontend.stop();
  await members.stop();
});

type Outcome = 'answer' | 'reset' | 'silence';

/** Sends a request and waits for the outcome, longer than a response takes on a busy machine. */
function ask(socket: Socket): Promise<Outcome> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, 2_000, 'silence');
    const conclude = (outcome: Outcome) => (): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    socket.once('data', conclude('answer')).once('error', conclude('reset'));
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  });
}

function dial(): Socket {
  return connect({ host: frontend.address, port }).on('error', () => undefined);
}

async function askAnew(): Promise<Outcome> {
  const socket = dial();
  const outcome = await ask(socket);
  socket.destroy();
  return outcome;
}

const askOften = async (times: number): Promise<Set<Outcome>> =>
  new Set(await Promise.all(Array.from({ length: times }, askAnew)));

describe('the load balancer', () => {
  it('sends connections only to nodes with a ready member under policy Local', async () => {
    await expose();
    expect(frontend.healthyNodes()).toEqual(['node-0', 'node-1']);
    expect(await askOften(10)).toEqual(new Set(['answer']));
  });

  it('sends them to any node under policy Cluster', async () => {
    await expose({ externalTrafficPolicy: 'Cluster' });
    expect(frontend.healthyNodes()).toEqual(['node-0', 'node-1', 'node-2']);
    expect(await askOften(10)).toEqual(new Set(['answer']));
  });

  it('lets new connections to a node without power hang until the probe has failed twice', async () => {
    // The probe fails after 3 s at the earliest, when all connections have a node.
    await expose(undefined, 3_000);
    cluster.dark.add('node-0');
    expect(await askOften(20)).toEqual(new Set(['answer', 'silence']));
    await waitUntil(() => frontend.healthyNodes().length === 1, 'the node is out');
    expect(await askOften(10)).toEqual(new Set(['answer']));
  });

  it('leaves established connections to a node without power silent, and resets them when the node runs again', async () => {
    cluster.remove('migratorydata-1');
    await expose();
    const socket = dial();
    expect(await ask(socket)).toBe('answer');
    cluster.dark.add('node-0');
    await waitUntil(() => members.list().length === 0, 'the member is gone');
    expect(await ask(socket)).toBe('silence');
    cluster.dark.clear();
    expect(await ask(socket)).toBe('reset');
  });

  it('closes established connections when the member ends normally', async () => {
    await expose();
    const sockets = [dial(), dial(), dial()];
    await Promise.all(sockets.map(ask));
    const closed = Promise.all(sockets.map(socket => new Promise(resolve => socket.once('close', resolve))));
    cluster.remove('migratorydata-0');
    cluster.remove('migratorydata-1');
    await closed;
  });

  it('drops everything when no node is healthy', async () => {
    cluster.remove('migratorydata-0');
    cluster.remove('migratorydata-1');
    await expose();
    expect(await askAnew()).toBe('silence');
  });

  it('drops connections from outside of the source ranges', async () => {
    await expose({ loadBalancerSourceRanges: ['203.0.113.0/24'] });
    expect(await askAnew()).toBe('silence');
  });

  it('resets connections to a port that the member does not listen on', async () => {
    cluster.put(somePod({ ordinal: 0, uid: 'other', options: someOptions({ Listen: '*:9000' }) }));
    cluster.remove('migratorydata-1');
    await waitUntil(() => members.find('other') !== undefined, 'it listens elsewhere');
    await expose();
    expect(await askAnew()).toBe('reset');
  });

  it('drops all or a share of the new connections for a time, on demand', async () => {
    await expose();
    faults.set({ kind: 'blackhole', durationMs: 3_000 });
    expect(await askOften(5)).toEqual(new Set(['silence']));
    await waitUntil(() => faults.current().kind === 'none', 'the fault is over');
    expect(await askOften(5)).toEqual(new Set(['answer']));
    faults.set({ kind: 'blackhole', share: 0.5 });
    expect(await askOften(30)).toEqual(new Set(['answer', 'silence']));
  });
});
