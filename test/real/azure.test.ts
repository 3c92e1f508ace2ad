import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import { isNodeReady } from '../../src/kubernetes/nodes.js';
import { isReady } from '../../src/kubernetes/pods.js';
import type { KubernetesObject, Node, Pod } from '../../src/kubernetes/types.js';
import { type Lab, startLab } from '../lab/lab.js';
import type { RealCluster } from '../lab/real/cluster.js';
import { busyboxImage } from '../lab/real/lab-images.js';
import { experimentOf } from '../lab/scenarios/support/chaos.js';
import { machineChaos, type Machines, startMachines } from '../lab/scenarios/support/machines.js';
import { useStarted } from '../lab/scenarios/support/use-lab.js';
import { runTool } from '../lab/tools/run.js';
import { waitForObjects, waitUntil } from '../lab/wait.js';

/** A deployment on AKS whose machines are real nodes: what Azure does to them is done to kubelets and containers. */
describe('Azure with real nodes', () => {
  let lab: Lab<RealCluster>;
  let machines: Machines;

  const chaos = (experiments: string): Readonly<Record<string, string>> => ({
    ...machineChaos(experiments, { hold: '5m', 'probe-interval': '100ms', 'max-lost': '0' }),
  });
  const vmss = async (...words: readonly string[]): Promise<unknown> => {
    const [scaleSet] = lab.azure.resources().scaleSets;
    const place = ['--resource-group', scaleSet?.group ?? '', '--name', scaleSet?.name ?? ''];
    const output = await runTool(lab.tools.az, ['vmss', ...words, ...place, '--output', 'json'], { env: lab.env });
    return JSON.parse(output === '' ? '{}' : output);
  };

  useStarted(
    () => startLab({ nodes: 'real' }),
    async started => {
      lab = started;
      machines = await startMachines(lab, 'rg-real', 'aks-real', { rest: 'true' });
    },
  );

  it('runs a script on the machine', async () => {
    const [{ computerName } = { computerName: '' }] = lab.azure.resources().scaleSets[0]?.instances ?? [];
    const command = ['--command-id', 'RunShellScript', '--instance-id', '0'];
    const scripts = [
      '--scripts',
      'hostname; systemctl is-active kubelet; systemctl restart kubelet; systemctl stop sshd',
    ];
    const answer = await vmss('run-command', 'invoke', ...command, ...scripts);
    expect(JSON.stringify(answer)).toContain(
      `${computerName}\\nactive\\nsystemctl stop sshd: the nodes of the lab know`,
    );
  });

  it('spreads the connections of a Service over the nodes with a member', async () => {
    const { nodes, workload } = machines.cluster;
    const healthy = (): readonly string[] => workload.balancer.list()[0]?.healthyNodes ?? [];
    await waitUntil(() => healthy().length === nodes.names().length, 'every node has a member');
    expect(healthy().toSorted()).toEqual(nodes.names().toSorted());
  });

  it('shows what the kubelets measure of the members', async () => {
    const path = '/apis/metrics.k8s.io/v1beta1/namespaces/migratory/pods';
    let items: readonly KubernetesObject[] = [];
    // A kubelet measures every 10 seconds, and no event says when.
    for (let look = 0; look < 60 && items.length < 3; look += 1) {
      await pause(500);
      ({ items } = await machines.cluster.api.list(path));
    }
    expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'migratorydata-0',
      'migratorydata-1',
      'migratorydata-2',
    ]);
    expect(JSON.stringify(items[0])).toMatch(/"usage":\{"cpu":"\d+m","memory":"\d+Ki"\}/);
  });

  it('power-off: the member is replaced on another machine, no accepted message is lost, and the machine boots again', async () => {
    const before = await machines.bootIds();
    const { verdict, reason, facts, targets, measurement } = experimentOf(await machines.job.pass(chaos('power-off')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect([facts['rescheduling'], measurement?.messages?.lost]).toEqual(['exercised', 0]);
    const node = targets[0]?.node ?? '';
    expect((await machines.bootIds()).get(node)).not.toBe(before.get(node));
    await machines.expectHealthy();
  });

  it('node-delete: the machine ends without a drain, and another one takes its place', async () => {
    const before = await machines.bootIds();
    const { verdict, reason, targets, measurement } = experimentOf(await machines.job.pass(chaos('node-delete')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(measurement?.messages?.lost).toBe(0);
    const after = await machines.bootIds();
    expect([after.has(targets[0]?.node ?? ''), after.size]).toEqual([false, before.size]);
    await machines.expectHealthy();
  });

  it('brings another machine for a pod that has no room on any', async () => {
    const { api, nodes } = machines.cluster;
    const before = nodes.names();
    const container = { name: 'main', image: busyboxImage, imagePullPolicy: 'Never' };
    const spec = { containers: [{ ...container, resources: { requests: { cpu: '1700m' } } }] };
    await api.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'large' }, spec });
    const [pod] = await waitForObjects<Pod>(api, '/api/v1/namespaces/default/pods', pods => pods.some(isReady));
    expect(before).not.toContain(pod?.spec.nodeName);
    expect(nodes.names()).toEqual([...before, pod?.spec.nodeName]);
    const [scaleSet] = lab.azure.resources().scaleSets;
    expect(scaleSet?.instances.map(({ computerName }) => computerName)).toEqual(nodes.names());
    await api.request('DELETE', '/api/v1/namespaces/default/pods/large');
  });

  it('boots a machine with another boot id when it is restarted', async () => {
    const [[node, former] = ['', '']] = await machines.bootIds();
    const [scaleSet] = lab.azure.resources().scaleSets;
    const instance = scaleSet?.instances.find(({ computerName }) => computerName === node);
    await vmss('restart', '--instance-ids', String(instance?.id));
    await waitForObjects<Node>(machines.cluster.api, '/api/v1/nodes', nodes =>
      nodes.some(one => one.metadata.name === node && one.status.nodeInfo?.bootID !== former && isNodeReady(one)),
    );
  });
});
