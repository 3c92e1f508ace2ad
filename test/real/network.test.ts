import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import { addressesOfNode } from '../../src/kubernetes/nodes.js';
import { isReady } from '../../src/kubernetes/pods.js';
import type { Node } from '../../src/kubernetes/api/types.js';
import { createSocketNetwork } from '../../src/runtime/node-network.js';
import type { HttpAnswer } from '../../src/runtime/ports.js';
import { experimentOf, expectReverted } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Inputs } from '../lab/scenarios/support/steps.js';
import type { ExposedService } from '../lab/workload/objects.js';
import { readState, setFaults } from './support/server-control.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';
const balanced = { 'service-type': 'public', 'traffic-policy': 'Local' };
const [preStopSeconds, patienceMs] = [15, 60_000];

const network = createSocketNetwork();
const { signal } = new AbortController();

/** kube-proxy of each node, its health check port, and a load balancer that asks them as Azure's does. */
describe('the client Service on real nodes', () => {
  let job: RealJob;
  let patches: string;

  const nodes = async (): Promise<readonly Node[]> => (await job.cluster.api.list<Node>('/api/v1/nodes')).items;
  const addressOf = (node: Node | undefined): string => (node && addressesOfNode(node)[0]?.address) ?? '';
  /** Returns the names of the nodes with a member that is Ready. */
  const nodesOfMembers = async (): Promise<readonly string[]> => {
    const ready = (await job.objects.members(namespace)).filter(isReady);
    return [...new Set(ready.map(({ spec }) => spec.nodeName ?? ''))].sort();
  };
  const service = (): Promise<ExposedService> =>
    job.cluster.api.request('GET', `/api/v1/namespaces/${namespace}/services/migratorydata-cs`);
  /** Over a connection of its own: an open one stays where it is when the Service changes. */
  const get = (node: Node | undefined, port: number | undefined, path = '/'): Promise<HttpAnswer> =>
    network.http({ method: 'GET', url: `http://${addressOf(node)}:${port ?? 0}${path}`, timeoutMs: 2_000 }, signal);
  /** Returns the names of the nodes where a request to a port gets status 200. */
  const nodesThatAnswer = async (port: number | undefined, path?: string): Promise<readonly string[]> => {
    const asked = (await nodes()).map(async node => {
      const answers = await get(node, port, path).then(
        ({ status }) => status === 200,
        () => false,
      );
      return answers ? [node.metadata.name] : [];
    });
    return (await Promise.all(asked)).flat().sort();
  };
  const healthyNodes = (): Promise<readonly string[]> =>
    Promise.resolve((job.cluster.workload.balancer.list()[0]?.healthyNodes ?? []).toSorted());
  /** kube-proxy and the balancer follow a change some time later, and no event tells when. */
  const expectSoon = async (
    read: () => Promise<readonly string[]>,
    want: () => readonly string[] | Promise<readonly string[]>,
  ): Promise<void> => {
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      const [found, wanted] = [await read(), await want()];
      if (found.join() === wanted.join()) return;
      if (performance.now() > deadlineMs) expect(found).toEqual(wanted);
      await pause(200);
    }
  };
  /** Returns the addresses that members see when a request goes through a node. */
  const clientsThrough = async (node: Node | undefined, port: number | undefined): Promise<readonly string[]> => {
    const members = await job.objects.members(namespace);
    await Promise.all(members.map(member => setFaults(member, {})));
    expect((await get(node, port)).status).toBe(200);
    return (await Promise.all(members.map(readState))).flatMap(({ clients }) => clients);
  };
  const deployment = (inputs: Inputs): Inputs => ({
    ...{ operation: 'deploy', rest: 'true', 'memory-request': '64Mi', 'cpu-request': '100m', patches },
    ...inputs,
  });

  useRealCluster(4, async started => {
    job = started;
    const lifecycle = { preStop: { exec: { command: ['sleep', `${preStopSeconds}`] } } };
    patches = job.patch({ terminationGracePeriodSeconds: 60, containers: [{ name: 'migratorydata', lifecycle }] });
    await job.pass(deployment({}));
  });

  it.each([
    ['node-port', 'Cluster'],
    ['node-port', 'Local'],
    ['public', 'Cluster'],
    ['public', 'Local'],
  ])(
    '%s with policy %s serves on the nodes that it should, and shows the client where it can',
    async (type, policy) => {
      const inputs = { 'service-type': type, 'traffic-policy': policy };
      expect((await job.pass(deployment(inputs))).main.outputs['ready-members']).toBe('3');
      const [used, all] = [await nodesOfMembers(), (await nodes()).map(({ metadata }) => metadata.name).sort()];
      expect([used.length, all.length]).toEqual([3, 4]);
      const { spec } = await service();
      const nodePort = spec.ports?.[0]?.nodePort;
      const serving = policy === 'Local' ? used : all;
      await expectSoon(
        () => nodesThatAnswer(nodePort),
        () => serving,
      );
      if (type === 'public') {
        await expectSoon(healthyNodes, () => serving);
        if (policy === 'Local')
          await expectSoon(
            () => nodesThatAnswer(spec.healthCheckNodePort, '/healthz'),
            () => used,
          );
        else expect(spec.healthCheckNodePort).toBeUndefined();
      }
      // The host is the client, with its address on the bridge; a node that forwards to another one does so as itself.
      const name = policy === 'Local' ? used[0] : all.find(node => !used.includes(node));
      const through = (await nodes()).find(({ metadata }) => metadata.name === name);
      const seen = policy === 'Local' ? addressOf(through).replace(/\d+$/, '1') : addressOf(through);
      expect(await clientsThrough(through, nodePort)).toEqual([seen]);
      await job.pass({ ...deployment(inputs), operation: 'verify' });
    },
  );

  it('a drain moves a member, and the balancer and the clients follow', async () => {
    const before = await nodesOfMembers();
    const step = await job.start({
      ...{ operation: 'chaos', experiments: 'drain', steady: '2s', hold: '30s', rest: 'true', ...balanced },
      ...generousLimits,
      'max-lost': '0',
    });
    await step.logged('The fault is held.');
    const [drained] = await job.objects.cordoned();
    await expectSoon(nodesOfMembers, async () => (await nodesOfMembers()).filter(name => name !== drained));
    await expectSoon(healthyNodes, nodesOfMembers);
    expect([before.includes(drained ?? ''), (await healthyNodes()).includes(drained ?? '')]).toEqual([true, false]);
    await step.ended;
    const { verdict, reason, measurement } = experimentOf({ report: await step.report() });
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    // Azure's probes need 10 seconds, which preStop gives them.
    expect([measurement?.probe.outageMs, measurement?.messages?.lost]).toEqual([0, 0]);
    await expectReverted(job.cluster, job.objects, namespace, 3);
    await expectSoon(healthyNodes, nodesOfMembers);
    await job.pass({ ...deployment(balanced), operation: 'verify' });
  });
});
