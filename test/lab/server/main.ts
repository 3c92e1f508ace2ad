import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { answerMember } from '../workload/member.js';
import { createMessageCache } from '../workload/message-cache.js';
import { readServerOptions } from '../workload/server-options.js';
import { startLines } from '../workload/start-lines.js';
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
});
const peers = createPeerServer(key, request => replica.answer(request));
const clients = createServer((request, response) => {
  answerMember(request, response, {
    ...{ name: hostname(), options, cache, cluster: replica, answerDelayMs: 0 },
    decideFate: () => 'stored',
    record: () => undefined,
  });
});

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
if (fault.leaksPerSecond !== undefined) leak(fault.leaksPerSecond);
peers.listen(peerPort);
if (fault.isDeaf !== true) clients.listen(options.listenPort);
setInterval(() => {
  replica.tick();
}, tickMs);

/** Takes memory and keeps it: written, because the kernel only counts what is. */
function leak(perSecond: number): void {
  const taken: Buffer[] = [];
  setInterval(() => taken.push(Buffer.alloc((perSecond / 10) * 2 ** 20, 1)), 100);
}
