import { describe, expect, it } from '@jest/globals';
import type { Node } from '../../../../src/kubernetes/api/types.js';
import { isNodeReady } from '../../../../src/kubernetes/nodes.js';
import { answers } from '../../azure/faults.js';
import type { Lab, LabCluster } from '../../lab.js';
import { az } from '../support/azure-job.js';
import { experimentOf } from '../support/chaos.js';
import { machineChaos, type Machines, namespace, startMachines } from '../support/machines.js';
import type { Objects } from '../support/objects.js';
import { errorOf, notesOf, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const group = 'rg-machine-failures';

/** Returns the arguments of `az aks nodepool update` that set the bounds of an autoscaler. */
const bounds = (min: number): readonly string[] => ['--min-count', String(min), '--max-count', '5'];

/**
 * Azure, the members or the runner interfere with an experiment on a machine. The cluster is reverted after each
 * scenario.
 */
describe('an experiment on a machine that does not go as planned', () => {
  let lab: Lab;
  let job: Steps;
  let rescuer: Steps;
  let cluster: LabCluster;
  let objects: Objects;
  let bootIds: Machines['bootIds'];
  let expectHealthy: Machines['expectHealthy'];

  /** Places two members on one node. Returns the name of the node. */
  const placeTwoOnOneNode = async (): Promise<string> => {
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
    const machines = await startMachines(lab, group, 'aks-machine-failures');
    ({ job, rescuer, cluster, objects, bootIds, expectHealthy } = machines);
  });

  it('node-delete: the minimum of the pool stays raised until its new node is in service', async () => {
    const pool = ['--resource-group', group, '--cluster-name', cluster.name, '--name', 'nodepool1'];
    const lowerBound = (): number | undefined => lab.azure.resources().clusters[0]?.pools[0]?.autoscaling?.min;
    await az(lab, ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', ...bounds(1)]);
    cluster.faults.nodesNotReady = 1;
    // A revert would wait minutes for the new node; e2e-failures.test.ts waits, and reads the message.
    const dying = await job.start(machineChaos('node-delete'));
    await dying.logged('All members are Ready');
    dying.kill();
    await dying.ended;
    cluster.faults.nodesNotReady = 0;
    expect(lowerBound()).toBe(3);
    // The owner of the cluster would replace the failing machine as well.
    const { items } = await cluster.api.list<Node>('/api/v1/nodes');
    const sick = items.filter(node => !isNodeReady(node)).map(({ metadata }) => metadata.name);
    await az(lab, ['aks', 'nodepool', 'delete-machines', ...pool, '--machine-names', ...sick]);
    await rescuer.pass({ operation: 'recover' });
    expect(lowerBound()).toBe(1);
    await az(lab, ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', ...bounds(3)]);
    await expectHealthy();
  });

  it('is inconclusive when Azure reports success but the machine still runs', async () => {
    lab.azure.inject(answers({ method: 'POST', path: /poweroff/ }, 200, {}));
    const step = await job.fail(machineChaos('power-off', { hold: '5m' }));
    const { verdict, reason } = experimentOf(step);
    expect([verdict, step.main.outputs['verdict']]).toEqual(['inconclusive', 'inconclusive']);
    expect(reason).toMatch(/the fault is not proven: the machine of .* is running/);
    await expectHealthy();
  });

  it('skips a fault that Azure refuses as busy, sends it once, and tests nothing', async () => {
    const message = 'Another operation is in progress.';
    const free = lab.azure.inject(
      answers({ method: 'POST', path: /poweroff/ }, 409, { error: { code: 'OperationNotAllowed', message } }),
    );
    const step = await job.fail(machineChaos('power-off', { hold: '1s' }));
    free();
    const { verdict, reason } = experimentOf(step);
    expect([verdict, step.main.outputs['verdict'], step.main.outputs['error-code']]).toEqual([
      ...['skipped', 'inconclusive', 'verdict-failed'],
    ]);
    expect(reason).toContain(message);
    expect(step.report.calls.filter(({ path }) => path.includes('/poweroff'))).toHaveLength(1);
    await expectHealthy();
  });

  it('starts the machine again although Azure refuses the first request', async () => {
    const refusal = { error: { code: 'InternalExecutionError', message: 'An internal execution error occurred.' } };
    lab.azure.inject(answers({ method: 'POST', path: /start$/, times: 1 }, 400, refusal));
    await job.pass(machineChaos('power-off', { hold: '1s' }));
    await expectHealthy();
  });

  it('reports a locked node resource group, and changes nothing', async () => {
    const message =
      'The client has permission to perform the action, however the access is denied because of the deny assignment with name "aks".';
    const refusal = { error: { code: 'DenyAssignmentAuthorizationFailed', message } };
    const unlock = lab.azure.inject(answers({ method: 'POST', path: /poweroff|restart/ }, 403, refusal));
    const step = await job.fail(machineChaos('power-off', { hold: '1s' }));
    unlock();
    expect(step.main.outputs['error-code']).toBe('unsupported-here');
    expect(errorOf(step)).toContain('use drain, pod-kill or node-delete');
    expect(notesOf(step).join('\n')).toContain('Target: node');
    await expectHealthy();
  });

  it('spreads seed members that one fault would affect together', async () => {
    const shared = await placeTwoOnOneNode();
    const step = await job.pass(machineChaos('reboot', { 'target-node': shared }));
    expect(notesOf(step).join('\n')).toContain(`Node ${shared} runs 2 of 3 seed members, and no more than 1 may fail`);
    const { targets, verdict } = experimentOf(step);
    expect([verdict, targets.map(({ node, members }) => [node, members.length])]).toEqual(['pass', [[shared, 1]]]);
    await expectHealthy();
  });

  it.each([
    ['power-off', 'Injecting the fault.'],
    ['power-off', 'az vmss start'],
    ['kubelet-stop', 'The fault is held.'],
  ])('%s: another runner reverts when the first one dies at "%s"', async (experiment, moment) => {
    const dying = await job.start(machineChaos(experiment, { hold: '1m', 'max-recovery': '3m' }));
    await dying.logged(moment);
    dying.kill();
    await dying.ended;
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await objects.untilReady(namespace, 3);
    await expectHealthy();
  });
});
