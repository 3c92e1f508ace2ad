import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import { zoneLabel } from '../../src/chaos/target.js';
import { conditionOf, isReady } from '../../src/kubernetes/pods.js';
import type { KubernetesObject, Lease, Node, Pod } from '../../src/kubernetes/api/types.js';
import { type Lab, startLab } from '../lab/lab.js';
import type { RealCluster } from '../lab/real/cluster.js';
import { busyboxImage } from '../lab/real/lab-images.js';
import { experimentOf } from '../lab/scenarios/support/chaos.js';
import { machineChaos, type Machines, namespace, startMachines } from '../lab/scenarios/support/machines.js';
import { uidsOf } from '../lab/scenarios/support/objects.js';
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
  const members = (): Promise<readonly Pod[]> => machines.objects.members(namespace);
  const containerOf = (pod: Pod | undefined): string | undefined => pod?.status.containerStatuses?.[0]?.containerID;
  const zoneOf = ({ labels }: Node['metadata']): string => labels?.[zoneLabel] ?? '';
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

  it('reboot: the same member is back in another container, on a machine with another boot id', async () => {
    const [before, bootIds] = [await members(), await machines.bootIds()];
    const { verdict, reason, targets, measurement } = experimentOf(await machines.job.pass(chaos('reboot')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(measurement?.messages?.lost).toBe(0);
    const node = targets[0]?.node ?? '';
    expect((await machines.bootIds()).get(node)).not.toBe(bootIds.get(node));
    const after = await members();
    expect(uidsOf(after)).toEqual(uidsOf(before));
    const restarted = before.filter((pod, index) => containerOf(pod) !== containerOf(after[index]));
    expect(restarted.map(({ spec }) => spec.nodeName)).toEqual([node]);
    await machines.expectHealthy();
  });

  it('kubelet-stop: the node is silent, its member runs on, and a timer on the machine is armed to start the kubelet', async () => {
    const before = await members();
    const node = before[0]?.spec.nodeName ?? '';
    const step = await machines.job.start({ ...chaos('kubelet-stop'), hold: '30s', 'target-node': node });
    await step.logged('The fault is held.');
    const { api, nodes } = lab.cluster('aks-real');
    expect(await nodes.run(node, ['pgrep', '--full', '--list-full', 'systemctl start kubelet'])).toContain(' 30 ');
    const { status } = await api.request<Node>('GET', `/api/v1/nodes/${node}`);
    expect(conditionOf(status, 'Ready')?.status).toBe('Unknown');
    const lease = `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${node}`;
    const { spec } = await api.request<Lease>('GET', lease);
    // Its kubelet renews it each second.
    expect(Date.now() - Date.parse(spec?.renewTime ?? '')).toBeGreaterThan(4_000);
    await step.ended;
    await step.post();
    const { verdict, reason, measurement } = experimentOf({ report: await step.report() });
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect(measurement?.messages?.lost).toBe(0);
    const after = await members();
    expect([uidsOf(after), after.map(containerOf)]).toEqual([uidsOf(before), before.map(containerOf)]);
    await machines.expectHealthy();
  });

  it('zone: all machines of one of three zones lose their power, and their members run in the others', async () => {
    const { items } = await machines.cluster.api.list<Node>('/api/v1/nodes');
    const zones = new Map(items.map(({ metadata }) => [metadata.name, zoneOf(metadata)]));
    expect(new Set(zones.values())).toEqual(new Set(['eastus-1', 'eastus-2', 'eastus-3']));
    const [before, bootIds] = [await members(), await machines.bootIds()];
    const { verdict, reason, facts, targets, measurement } = experimentOf(await machines.job.pass(chaos('zone')));
    expect(`${verdict}: ${reason}`).toMatch(/^pass: /);
    expect([facts['rescheduling'], measurement?.messages?.lost]).toEqual(['exercised', 0]);
    const zone = targets[0]?.zone ?? '';
    const inZone = [...zones.keys()].filter(name => zones.get(name) === zone).toSorted();
    expect(targets.map(({ node }) => node).toSorted()).toEqual(inZone);
    const booted = [...(await machines.bootIds())].filter(([name, bootId]) => bootIds.get(name) !== bootId);
    expect(booted.map(([name]) => name).toSorted()).toEqual(inZone);
    const moved = (await members()).filter((pod, index) => pod.metadata.uid !== before[index]?.metadata.uid);
    expect(moved.length).toBe(before.filter(({ spec }) => inZone.includes(spec.nodeName ?? '')).length);
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
});
