import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { answerMember } from '../workload/member.js';
import { createMessageCache } from '../workload/message-cache.js';
import type { RestCluster } from '../workload/rest.js';
import { readServerOptions } from '../workload/server-options.js';
import { startLines } from '../workload/start-lines.js';
import { controlPort, createControl } from './control.js';
import { createPeerClient, createPeerServer, keyOfCluster } from './peers.js';
import { Replica } from './replica.js';
import { faultVariable, startFaults } from './start-faults.js';

/** A JVM and its server need some seconds to start, and some to end. */
const [startMs, endMs] = [2_000, 1_000];
const tickMs = 25;
const peerPort = 8801;

/** The double of a MigratoryData server, as a program: it takes the options that the image takes. */
const environment = new Map(
  Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
);
const options = readServerOptions(environment);
const fault = startFaults[environment.get(faultVariable) ?? ''] ?? {};
const { clusterMembers: members, clusterMemberListen: self, seedCount, guaranteed, clusterPassword } = options;
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const refusal = members.includes(self) ? undefined : `ClusterMemberListen ${self} is not in ClusterMembers`;

const key = keyOfCluster([members, seedCount, guaranteed, clusterPassword]);
const cache = createMessageCache(Date.now);
const replica = new Replica({
  ...{ self, members, cache, log: print, now: Date.now, random: Math.random },
  seedCount: guaranteed ? seedCount : 1,
  send: createPeerClient(key),
  faults: () => control.faults(),
});
const control = createControl(() => replica.isCoordinator());
const peers = createPeerServer(key, request => replica.answer(request));
const cluster: RestCluster = {
  hasQuorum: () => control.faults().answersWithoutQuorum ?? replica.hasQuorum(),
  publish: publication => replica.publish(publication),
};
const clients = createServer((request, response) => {
  // An address of IPv4, as a socket of both versions gives it.
  control.seeClient((request.socket.remoteAddress ?? '').replace('::ffff:', ''));
  if (control.faults().member === 'hang') return;
  answerMember(request, response, { name: hostname(), options, cache, cluster, answerDelayMs: 0, ...control });
});
// Clients stay connected while they are idle; by default, Node closes their connections after 5 s.
clients.keepAliveTimeout = 0;

process.on('SIGTERM', () => {
  print('INFO Stopping MigratoryData server');
  clients.close();
  setTimeout(() => process.exit(0), endMs);
});
await pause(fault.startMs ?? startMs);
for (const line of startLines(options, refusal)) print(line);
if (fault.exitsAfter !== undefined) {
  print(fault.exitsAfter);
  process.exit(1);
}
peers.listen(peerPort);
control.server.listen(controlPort);
if (fault.isDeaf !== true) clients.listen(options.listenPort);
const taken: Buffer[] = [];
setInterval(() => {
  replica.tick();
  const { leaksPerSecond = fault.leaksPerSecond } = control.faults();
  // Written, because the kernel only counts what is.
  if (leaksPerSecond !== undefined) taken.push(Buffer.alloc(((leaksPerSecond * tickMs) / 1_000) * 2 ** 20, 1));
}, tickMs);
