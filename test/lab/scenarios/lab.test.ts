import { describe, expect, it } from '@jest/globals';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

import type { KubernetesObject, Node, Pod } from '../../../src/kubernetes/api/types.js';
import { poolVariable } from '../cluster/control-plane-pool.js';
import { findProcesses } from '../cluster/processes.js';
import { faultImages, type Lab, type LabCluster } from '../lab.js';
import { waitForObjects, waitUntil } from '../wait.js';
import { useLab } from './support/use-lab.js';

const run = promisify(execFile);
const members = '/api/v1/namespaces/default/pods?labelSelector=app.kubernetes.io%2Fname%3Dmigratorydata';

interface EndpointSlice extends KubernetesObject {
  readonly endpoints:
    | readonly { readonly targetRef: { readonly name: string }; readonly conditions: { readonly ready: boolean } }[]
    | null;
}

const condition = (object: Node | Pod, type: string): string | undefined =>
  object.status.conditions?.find(found => found.type === type)?.status;
const isReady = (object: Node | Pod): boolean => condition(object, 'Ready') === 'True';

/** Returns whether a node is Ready and has no taints: the node lifecycle controller removes them a moment later. */
const isUsable = (node: Node): boolean => isReady(node) && (node.spec.taints ?? []).length === 0;

const waitForNodes = (cluster: LabCluster, count: number): Promise<readonly Node[]> =>
  waitForObjects<Node>(cluster.api, '/api/v1/nodes', nodes => nodes.filter(isUsable).length === count);

/** The vendor's StatefulSet and its Service, reduced to what a scheduler and a StatefulSet controller read. */
const labels = { 'app.kubernetes.io/name': 'migratorydata' };
const resources = { requests: { memory: '256Mi', cpu: '0.5' } };
const service = {
  metadata: { name: 'migratorydata-cs' },
  spec: { selector: labels, ports: [{ name: 'client-port', port: 80, targetPort: 8800 }] },
};
const statefulSet = {
  metadata: { name: 'migratorydata' },
  spec: {
    replicas: 3,
    serviceName: 'migratorydata-hs',
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        affinity: {
          podAntiAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: [
              { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
            ],
          },
        },
        // Members are not evicted while a node has no power for a moment.
        tolerations: [{ key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' }],
        containers: [{ name: 'migratorydata', image: 'migratorydata/server:latest', resources }],
      },
    },
  },
};

const podOf = (name: string, image: string): object => ({
  metadata: { name },
  spec: { containers: [{ name: 'server', image }] },
});

describe('the lab', () => {
  let lab: Lab;
  let cluster: LabCluster;

  const readyMembers = (slices: readonly EndpointSlice[]): readonly string[] =>
    slices
      .flatMap(({ endpoints }) => endpoints ?? [])
      .filter(({ conditions }) => conditions.ready)
      .map(({ targetRef }) => targetRef.name)
      .toSorted();

  // The clusters of a lab that is no test have control planes of their own.
  process.env[poolVariable] = '';

  useLab(async started => {
    lab = started;
    cluster = await lab.standaloneCluster('kind', { nodes: 3 });
  });

  it('starts a cluster with three Ready nodes', async () => {
    const nodes = await waitForNodes(cluster, 3);
    expect(nodes.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      'kind-worker',
      'kind-worker2',
      'kind-worker3',
    ]);
    expect(nodes[0]?.spec.providerID).toMatch(/^kind:/);
  });

  it('runs the StatefulSet of the tutorial, each member on its own node', async () => {
    await cluster.api.request('POST', '/api/v1/namespaces/default/services', service);
    await cluster.api.request('POST', '/apis/apps/v1/namespaces/default/statefulsets', statefulSet);
    const pods = await waitForObjects<Pod>(cluster.api, members, found => found.filter(isReady).length === 3);
    expect(pods.map(({ metadata }) => metadata.name).toSorted()).toEqual(
      [0, 1, 2].map(ordinal => `migratorydata-${ordinal}`),
    );
    expect(new Set(pods.map(({ spec }) => spec.nodeName)).size).toBe(3);
    expect(new Set(pods.map(({ status }) => status.podIP)).size).toBe(3);
  });

  it('says why an image is not pulled, in the words of containerd', async () => {
    const pod = podOf('never-pulls', faultImages.neverPulls);
    await cluster.api.request('POST', '/api/v1/namespaces/default/pods', pod);
    const path = '/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dnever-pulls';
    const [stuck] = await waitForObjects<Pod>(
      cluster.api,
      path,
      ([found]) => found?.status.containerStatuses?.[0]?.state?.waiting?.reason === 'ImagePullBackOff',
    );
    expect(stuck?.status.phase).toBe('Pending');
    expect(stuck?.status.containerStatuses?.[0]?.state?.waiting?.message).toContain(
      'failed to pull and unpack image "docker.io/migratorydata/server:does-not-exist"',
    );
  });

  it('restarts a crashing container repeatedly', async () => {
    await cluster.api.request('POST', '/api/v1/namespaces/default/pods', podOf('crashes', faultImages.crashes));
    const path = '/api/v1/namespaces/default/pods?fieldSelector=metadata.name%3Dcrashes';
    const [pod] = await waitForObjects<Pod>(cluster.api, path, ([found]) => {
      const status = found?.status.containerStatuses?.[0];
      return status?.state?.waiting?.reason === 'CrashLoopBackOff' && status.restartCount >= 1;
    });
    expect(pod?.status.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(1);
  });

  it('loses a node with its power and recovers it, with its member restarted', async () => {
    const pods = await cluster.api.list<Pod>(members);
    const victim = pods.items.find(({ metadata }) => metadata.name === 'migratorydata-1');
    const node = victim?.spec.nodeName ?? '';
    const bootOf = async (): Promise<string | undefined> =>
      (await cluster.api.request<Node>('GET', `/api/v1/nodes/${node}`)).status.nodeInfo?.bootID;
    const booted = await bootOf();

    await cluster.nodes.stop(node);
    await waitForObjects<Pod>(cluster.api, members, found => found.filter(isReady).length === 2);
    const lost = await cluster.api.request<Node>('GET', `/api/v1/nodes/${node}`);
    expect(condition(lost, 'Ready')).toBe('Unknown');

    await cluster.nodes.start(node);
    const back = await waitForObjects<Pod>(cluster.api, members, found => found.filter(isReady).length === 3);
    const member = back.find(({ metadata }) => metadata.name === 'migratorydata-1');
    expect(member?.metadata.uid).toBe(victim?.metadata.uid);
    expect(member?.status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(member?.status.containerStatuses?.[0]?.containerID).not.toBe(
      victim?.status.containerStatuses?.[0]?.containerID,
    );
    expect(await bootOf()).not.toBe(booted);
    await waitForNodes(cluster, 3);
    // The endpoints follow the members a moment later.
    const slices = '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices';
    const ofService = `${slices}?labelSelector=kubernetes.io%2Fservice-name%3Dmigratorydata-cs`;
    const endpoints = await waitForObjects<EndpointSlice>(
      cluster.api,
      ofService,
      found => readyMembers(found).length === 3,
    );
    expect(readyMembers(endpoints)).toEqual([0, 1, 2].map(ordinal => `migratorydata-${ordinal}`));
  });

  it('gives az a cluster whose machines az powers off and on, next to one with a node that never becomes Ready', async () => {
    const az = async (...argv: readonly string[]): Promise<string> => (await run('az', argv, { env: lab.env })).stdout;
    const { clientId, tenantId } = lab.azure;
    const login = ['login', '--service-principal', '-u', clientId, '--tenant', tenantId];
    await az(...login, '--federated-token', lab.azure.issueAssertion());
    await az('group', 'create', '--name', 'rg', '--location', 'eastus');
    lab.faultsOf('sick').nodesNotReady = 1;
    const create = ['aks', 'create', '--resource-group', 'rg', '--no-ssh-key', '--node-count', '2', '--no-wait'];
    await Promise.all([az(...create, '--name', 'aks'), az(...create, '--name', 'sick')]);
    await az('aks', 'wait', '--resource-group', 'rg', '--name', 'aks', '--created', '--interval', '1');

    const aks = lab.cluster('aks');
    const [node] = await waitForNodes(aks, 2);
    expect(node?.spec.providerID).toMatch(
      /^azure:\/\/\/subscriptions\/[^/]+\/resourceGroups\/MC_rg_aks_eastus\/providers\/Microsoft.Compute\/virtualMachineScaleSets\/[^/]+\/virtualMachines\/\d+$/,
    );
    const [, scaleSet, id] =
      /virtualMachineScaleSets\/([^/]+)\/virtualMachines\/(\d+)$/.exec(node?.spec.providerID ?? '') ?? [];
    const power = (verb: string): Promise<string> =>
      az('vmss', verb, '--resource-group', 'MC_rg_aks_eastus', '--name', scaleSet ?? '', '--instance-ids', id ?? '');
    await power('stop');
    expect(aks.nodes.isOn(node?.metadata.name ?? '')).toBe(false);
    await waitForNodes(aks, 1);
    await power('start');
    await waitForNodes(aks, 2);

    // The end of this creation has not been waited for.
    await waitUntil(() => lab.clusters().some(({ name }) => name === 'sick'), 'the cluster sick runs');
    const sick = await waitForNodes(lab.cluster('sick'), 1);
    expect(sick.map(found => condition(found, 'Ready')).toSorted()).toEqual(['False', 'True']);

    await az('group', 'delete', '--name', 'rg', '--yes');
    expect(lab.clusters().map(({ name }) => name)).toEqual(['kind']);
    expect(lab.azure.problems()).toEqual([]);
  });

  it('ends every process and removes its folder', async () => {
    expect(findProcesses(lab.folder).map(({ program }) => program)).toContain('kube-apiserver');
    await lab.stop();
    expect(findProcesses(lab.folder)).toEqual([]);
    expect(existsSync(lab.folder)).toBe(false);
  });

  it('leaves nothing when the process that started it is killed', async () => {
    const program = `
      const { startLab } = await import(${JSON.stringify(new URL('../lab.js', import.meta.url).href)});
      const lab = await startLab();
      const cluster = await lab.standaloneCluster('orphan', { nodes: 1 });
      console.log(lab.folder);
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
      // Jest gives a child the variables of the worker, not those of this file.
      env: process.env,
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const folder = line.toString().trim();
    expect(findProcesses(folder).map(({ program: name }) => name)).toContain('kwok');
    child.kill('SIGKILL');
    await waitUntil(() => !existsSync(folder), 'the folder of the lab is gone');
    expect(findProcesses(folder)).toEqual([]);
  });
});
