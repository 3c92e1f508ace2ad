import { describe, expect, it } from '@jest/globals';
import { isNodeReady } from '../../../../src/kubernetes/nodes.js';
import type { Node } from '../../../../src/kubernetes/types.js';
import { answers } from '../../azure/faults.js';
import type { Lab, LabCluster } from '../../lab.js';
import { az, logIn, startAzureJob } from '../support/azure-job.js';
import { expectPutBack, experimentOf } from '../support/chaos.js';
import { generousLimits } from '../support/limits.js';
import { objectsOf, type Objects } from '../support/objects.js';
import { errorOf, notesOf, type Inputs, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';
const group = 'rg-machines';

/** What `az aks nodepool update` takes as the bounds of an autoscaler. */
const bounds = (min: number): readonly string[] => ['--min-count', String(min), '--max-count', '5'];

/** Experiments on the machines of a cluster on AKS: three zones, three machines, three seed members. */
describe('breaking machines', () => {
  let lab: Lab;
  let job: Steps;
  /** Of the same run, on another runner. */
  let rescuer: Steps;
  let cluster: LabCluster;
  let objects: Objects;

  const chaos = (experiments: string, more: Inputs = {}): Inputs => ({
    ...{ operation: 'chaos', experiments, steady: '1s', 'allow-unsupported-node-ops': 'true', timeout: '3h' },
    ...generousLimits,
    ...more,
  });
  const bootIds = async (): Promise<ReadonlyMap<string, string>> => {
    const { items } = await cluster.api.list<Node>('/api/v1/nodes');
    return new Map(items.map(({ metadata, status }) => [metadata.name, status.nodeInfo?.bootID ?? '']));
  };
  /** Every machine of the subscription runs, and nothing of the experiment is left. */
  const expectWhole = async (): Promise<void> => {
    await lab.azure.idle();
    const states = lab.azure.resources().scaleSets.flatMap(({ instances }) => instances.map(({ power }) => power));
    expect(new Set(states)).toEqual(new Set(['running']));
    await expectPutBack(cluster, objects, namespace, 3);
  };

  /** Sees to it that two members share a node, and gives its name. */
  const putTwoOnOneNode = async (): Promise<string> => {
    const members = await objects.members(namespace);
    const places = members.map(({ spec }) => spec.nodeName ?? '');
    const shared = places.find((node, index) => places.indexOf(node) !== index);
    if (shared !== undefined) return shared;
    const [, kept = ''] = places;
    const others = [...(await bootIds()).keys()].filter(name => name !== kept);
    const cordon = (unschedulable: true | null): Promise<unknown> =>
      Promise.all(others.map(name => cluster.api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable } })));
    await cordon(true);
    const [moved] = members;
    await cluster.api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${moved?.metadata.name ?? ''}`);
    await objects.untilReplaced(namespace, moved);
    await cordon(null);
    return kept;
  };

  useLab(async started => {
    lab = started;
    await logIn(lab);
    const common = { 'resource-group': group, 'cluster-name': 'aks-machines' };
    job = await startAzureJob(lab, { common });
    rescuer = await startAzureJob(lab, { common });
    await job.pass({ operation: 'create', zones: '1,2,3' });
    cluster = lab.cluster('aks-machines');
    objects = objectsOf(cluster.api);
    await job.pass({ operation: 'deploy' });
  });

  it('power-off: the member moves when Azure says that the machine is off, and the machine runs again', async () => {
    const step = await job.pass(chaos('power-off', { hold: '5m' }));
    const { verdict, facts, measurement } = experimentOf(step);
    expect([verdict, facts['rescheduling']]).toEqual(['pass', 'exercised']);
    expect(measurement?.milestones).toMatchObject({ detectionMs: expect.any(Number), readyMs: expect.any(Number) });
    await expectWhole();
  });

  it('power-off for a short time: the same member comes back, and the report says what was not exercised', async () => {
    const before = await objects.members(namespace);
    cluster.faults.outOfServiceAfterMs = undefined;
    const step = await job.pass(chaos('power-off', { hold: '0s' }));
    cluster.faults.outOfServiceAfterMs = 3_000;
    expect(experimentOf(step).facts['rescheduling']).toBe('not exercised');
    const after = await objects.members(namespace);
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    await expectWhole();
  });

  it('reboot: the node has another boot id', async () => {
    const before = await bootIds();
    const step = await job.pass(chaos('reboot'));
    const { targets } = experimentOf(step);
    const node = targets[0]?.node ?? '';
    expect((await bootIds()).get(node)).not.toBe(before.get(node));
    await expectWhole();
  });

  it('kubelet-stop: the node is silent, its member goes on, and the timer ends it', async () => {
    const before = await bootIds();
    const step = await job.pass(chaos('kubelet-stop', { hold: '20s' }));
    expect(experimentOf(step)).toMatchObject({ verdict: 'pass', facts: { seconds: 20 } });
    expect(await bootIds()).toEqual(before);
    await expectWhole();
  });

  it('zone: all machines of one of three zones lose their power', async () => {
    const step = await job.pass(chaos('zone', { hold: '5m' }));
    const { targets, facts } = experimentOf(step);
    expect([new Set(targets.map(({ zone }) => zone)).size, facts['rescheduling']]).toEqual([1, 'exercised']);
    await expectWhole();
  });

  it('node-delete: the node goes for good, and the autoscaler brings another', async () => {
    const before = await bootIds();
    const step = await job.pass(chaos('node-delete'));
    const { targets, verdict } = experimentOf(step);
    expect(verdict).toBe('pass');
    const after = await bootIds();
    expect([after.has(targets[0]?.node ?? ''), after.size]).toEqual([false, before.size]);
    await expectWhole();
  });

  it('node-delete: the lower bound of the pool stays raised until its new node is in service', async () => {
    const pool = ['--resource-group', group, '--cluster-name', 'aks-machines', '--name', 'nodepool1'];
    const lowerBound = (): number | undefined => lab.azure.resources().clusters[0]?.pools[0]?.autoscaling?.min;
    await az(lab, ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', ...bounds(1)]);
    cluster.faults.nodesNotReady = 1;
    const step = await job.fail(chaos('node-delete', { 'verify-timeout': '20s' }));
    cluster.faults.nodesNotReady = 0;
    const { verdict, measurement, putBack } = experimentOf(step);
    expect([verdict, step.main.outputs['error-code'], lowerBound()]).toEqual(['fail', 'undo-incomplete', 3]);
    expect(measurement?.milestones.readyMs).toEqual(expect.any(Number));
    expect(putBack?.left).toEqual(['node pool nodepool1 has 2 of 3 nodes in service']);
    // The sick machine is replaced, as the owner of the cluster would see to it.
    const { items } = await cluster.api.list<Node>('/api/v1/nodes');
    const sick = items.filter(node => !isNodeReady(node)).map(({ metadata }) => metadata.name);
    await az(lab, ['aks', 'nodepool', 'delete-machines', ...pool, '--machine-names', ...sick]);
    await rescuer.pass({ operation: 'recover' });
    expect(lowerBound()).toBe(1);
    await az(lab, ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', ...bounds(3)]);
    await expectWhole();
  });

  it('is inconclusive when Azure reports success and the machine still runs', async () => {
    lab.azure.inject(answers({ method: 'POST', path: /poweroff/ }, 200, {}));
    const step = await job.fail(chaos('power-off', { hold: '5m' }));
    const { verdict, reason } = experimentOf(step);
    expect([verdict, step.main.outputs['verdict']]).toEqual(['inconclusive', 'inconclusive']);
    expect(reason).toMatch(/the fault is not proven: the machine of .* is running/);
    await expectWhole();
  });

  it('starts the machine again although Azure refuses at first', async () => {
    const refusal = { error: { code: 'InternalExecutionError', message: 'An internal execution error occurred.' } };
    lab.azure.inject(answers({ method: 'POST', path: /start$/, times: 1 }, 400, refusal));
    await job.pass(chaos('power-off', { hold: '1s' }));
    await expectWhole();
  });

  it('says that the node resource group is locked down, and changes nothing', async () => {
    const message =
      'The client has permission to perform the action, however the access is denied because of the deny assignment with name "aks".';
    const refusal = { error: { code: 'DenyAssignmentAuthorizationFailed', message } };
    const unlock = lab.azure.inject(answers({ method: 'POST', path: /poweroff|restart/ }, 403, refusal));
    const step = await job.fail(chaos('power-off', { hold: '1s' }));
    unlock();
    expect(step.main.outputs['error-code']).toBe('unsupported-here');
    expect(errorOf(step)).toContain('use drain, pod-kill or node-delete');
    expect(notesOf(step).join('\n')).toContain('Target: node');
    await expectWhole();
  });

  it('moves seeds apart that would be lost together', async () => {
    const shared = await putTwoOnOneNode();
    const step = await job.pass(chaos('reboot', { 'target-node': shared }));
    expect(notesOf(step).join('\n')).toContain(`Node ${shared} holds 2 of 3 seed members, and no more than 1 may fail`);
    const { targets, verdict } = experimentOf(step);
    expect([verdict, targets.map(({ node, members }) => [node, members.length])]).toEqual(['pass', [[shared, 1]]]);
    await expectWhole();
  });

  it.each([
    ['power-off', 'The fault begins.'],
    ['power-off', 'The fault is held.'],
    ['power-off', 'az vmss start'],
    ['kubelet-stop', 'The fault is held.'],
  ])('%s: another runner starts what stands still when the first one dies at "%s"', async (experiment, moment) => {
    const dying = await job.start(chaos(experiment, { hold: '1m', 'max-recovery': '3m' }));
    await dying.logged(moment);
    dying.kill();
    await dying.ended;
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await objects.untilReady(namespace, 3);
    await expectWhole();
  });
});
