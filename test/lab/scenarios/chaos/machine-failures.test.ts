import { describe, expect, it } from '@jest/globals';
import { isNodeReady } from '../../../../src/kubernetes/nodes.js';
import type { Node } from '../../../../src/kubernetes/types.js';
import { answers } from '../../azure/faults.js';
import type { Lab, LabCluster } from '../../lab.js';
import { az } from '../support/azure-job.js';
import { experimentOf } from '../support/chaos.js';
import { machineChaos, type Machines, namespace, startMachines } from '../support/machines.js';
import type { Objects } from '../support/objects.js';
import { errorOf, notesOf, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const group = 'rg-machine-failures';

/** What `az aks nodepool update` takes as the bounds of an autoscaler. */
const bounds = (min: number): readonly string[] => ['--min-count', String(min), '--max-count', '5'];

/** What Azure, the members or the runner do in the way of an experiment on a machine; afterwards all is as it was. */
describe('breaking a machine, which does not go as planned', () => {
  let lab: Lab;
  let job: Steps;
  let rescuer: Steps;
  let cluster: LabCluster;
  let objects: Objects;
  let bootIds: Machines['bootIds'];
  let expectWhole: Machines['expectWhole'];

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
    const machines = await startMachines(lab, group, 'aks-machine-failures');
    ({ job, rescuer, cluster, objects, bootIds, expectWhole } = machines);
  });

  it('node-delete: the lower bound of the pool stays raised until its new node is in service', async () => {
    const pool = ['--resource-group', group, '--cluster-name', cluster.name, '--name', 'nodepool1'];
    const lowerBound = (): number | undefined => lab.azure.resources().clusters[0]?.pools[0]?.autoscaling?.min;
    await az(lab, ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', ...bounds(1)]);
    cluster.faults.nodesNotReady = 1;
    // Reverting would wait for the new node for minutes; e2e-failures.test.ts waits, and reads what is said then.
    const dying = await job.start(machineChaos('node-delete'));
    await dying.logged('All members are Ready');
    dying.kill();
    await dying.ended;
    cluster.faults.nodesNotReady = 0;
    expect(lowerBound()).toBe(3);
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
    const step = await job.fail(machineChaos('power-off', { hold: '5m' }));
    const { verdict, reason } = experimentOf(step);
    expect([verdict, step.main.outputs['verdict']]).toEqual(['inconclusive', 'inconclusive']);
    expect(reason).toMatch(/the fault is not proven: the machine of .* is running/);
    await expectWhole();
  });

  it('starts the machine again although Azure refuses at first', async () => {
    const refusal = { error: { code: 'InternalExecutionError', message: 'An internal execution error occurred.' } };
    lab.azure.inject(answers({ method: 'POST', path: /start$/, times: 1 }, 400, refusal));
    await job.pass(machineChaos('power-off', { hold: '1s' }));
    await expectWhole();
  });

  it('says that the node resource group is locked down, and changes nothing', async () => {
    const message =
      'The client has permission to perform the action, however the access is denied because of the deny assignment with name "aks".';
    const refusal = { error: { code: 'DenyAssignmentAuthorizationFailed', message } };
    const unlock = lab.azure.inject(answers({ method: 'POST', path: /poweroff|restart/ }, 403, refusal));
    const step = await job.fail(machineChaos('power-off', { hold: '1s' }));
    unlock();
    expect(step.main.outputs['error-code']).toBe('unsupported-here');
    expect(errorOf(step)).toContain('use drain, pod-kill or node-delete');
    expect(notesOf(step).join('\n')).toContain('Target: node');
    await expectWhole();
  });

  it('moves seeds apart that would be lost together', async () => {
    const shared = await putTwoOnOneNode();
    const step = await job.pass(machineChaos('reboot', { 'target-node': shared }));
    expect(notesOf(step).join('\n')).toContain(`Node ${shared} runs 2 of 3 seed members, and no more than 1 may fail`);
    const { targets, verdict } = experimentOf(step);
    expect([verdict, targets.map(({ node, members }) => [node, members.length])]).toEqual(['pass', [[shared, 1]]]);
    await expectWhole();
  });

  it.each([
    ['power-off', 'Injecting the fault.'],
    ['power-off', 'The fault is held.'],
    ['power-off', 'az vmss start'],
    ['kubelet-stop', 'The fault is held.'],
  ])('%s: another runner starts what stands still when the first one dies at "%s"', async (experiment, moment) => {
    const dying = await job.start(machineChaos(experiment, { hold: '1m', 'max-recovery': '3m' }));
    await dying.logged(moment);
    dying.kill();
    await dying.ended;
    const recovered = await rescuer.pass({ operation: 'recover' });
    expect(recovered.main.outputs['changed']).toBe('true');
    await objects.untilReady(namespace, 3);
    await expectWhole();
  });
});
