import { describe, expect, it } from '@jest/globals';
import type { ExperimentName } from '../../../../src/chaos/experiments/index.js';
import { chaosPermissions } from '../../../../src/operations/chaos-permissions.js';
import { operationDefinitions } from '../../../../src/operations/index.js';
import type { Lab, LabCluster } from '../../lab.js';
import { restrict } from '../support/accounts.js';
import { startAzureJob } from '../support/azure-job.js';
import { experimentOf } from '../support/chaos.js';
import { machineChaos, type Machines, namespace, startMachines } from '../support/machines.js';
import type { Objects } from '../support/objects.js';
import { errorOf, type Inputs, type StepResult, type Steps, unseenIn } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

/** Experiments on the machines of a cluster on AKS: three zones, three machines, three seed members. */
describe('experiments on machines', () => {
  let lab: Lab;
  let job: Steps;
  let cluster: LabCluster;
  let objects: Objects;
  let bootIds: Machines['bootIds'];
  let expectHealthy: Machines['expectHealthy'];

  /** Runs an experiment with exactly the permissions for it. */
  const pass = async (name: ExperimentName, more?: Inputs): Promise<StepResult> => {
    const lift = restrict(lab, cluster.name, chaosPermissions([name]), namespace);
    const step = await job.pass(machineChaos(name, more));
    lift();
    expect(unseenIn(step)).toEqual([]);
    return step;
  };

  useLab(async started => {
    lab = started;
    ({ job, cluster, objects, bootIds, expectHealthy } = await startMachines(lab, 'rg-machines', 'aks-machines'));
  });

  it('power-off: is refused on nodes with pods of others in a cluster of another repository', async () => {
    const common = { 'resource-group': 'rg-machines', 'cluster-name': cluster.name };
    const visitor = await startAzureJob(lab, { common, repository: 'acme/other' });
    const before = await bootIds();
    for (const node of before.keys()) {
      const spec = { nodeName: node, containers: [{ name: 'web', image: 'web:1' }] };
      await cluster.api.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: `on-${node}` }, spec });
    }
    const refused = await visitor.fail(machineChaos('power-off', { hold: '0s' }));
    expect(refused.main.outputs['error-code']).toBe('target-refused');
    expect(errorOf(refused)).toMatch(
      /in a cluster that this repository did not create \(default\/on-\S+\); set drain-scope to all/,
    );
    expect(refused.report.calls.filter(({ method, path }) => method === 'PATCH' && path.includes('/nodes/'))).toEqual(
      [],
    );
    // The scenarios below break the same nodes: the cluster belongs to their repository.
    await expectHealthy();
  });

  it('power-off: the member is replaced after Azure confirms that the machine is off, and the machine runs again', async () => {
    const step = await pass('power-off', { hold: '5m' });
    const { verdict, facts, measurement } = experimentOf(step);
    expect([verdict, facts['rescheduling']]).toEqual(['pass', 'exercised']);
    expect(measurement?.milestones).toMatchObject({ detectionMs: expect.any(Number), readyMs: expect.any(Number) });
    await expectHealthy();
  });

  it('power-off for a short time: the same member recovers, and the report says what was not exercised', async () => {
    const before = await objects.members(namespace);
    cluster.faults.outOfServiceAfterMs = undefined;
    const step = await job.pass(machineChaos('power-off', { hold: '0s' }));
    cluster.faults.outOfServiceAfterMs = 3_000;
    expect(experimentOf(step).facts['rescheduling']).toBe('not exercised');
    const after = await objects.members(namespace);
    expect(after.map(({ metadata }) => metadata.uid)).toEqual(before.map(({ metadata }) => metadata.uid));
    await expectHealthy();
  });

  it('reboot: the node has another boot id', async () => {
    const before = await bootIds();
    const step = await pass('reboot');
    const { targets } = experimentOf(step);
    const node = targets[0]?.node ?? '';
    expect((await bootIds()).get(node)).not.toBe(before.get(node));
    await expectHealthy();
  });

  it('kubelet-stop: the node is unreachable, its member keeps running, and a timer starts the kubelet again', async () => {
    const before = await bootIds();
    const step = await pass('kubelet-stop', { hold: '20s' });
    expect(experimentOf(step)).toMatchObject({ verdict: 'pass', facts: { seconds: 20 } });
    expect(await bootIds()).toEqual(before);
    await expectHealthy();
  });

  it('zone: all machines of one of three zones lose their power', async () => {
    const step = await pass('zone', { hold: '5m' });
    const { targets, facts } = experimentOf(step);
    expect([new Set(targets.map(({ zone }) => zone)).size, facts['rescheduling']]).toEqual([1, 'exercised']);
    await expectHealthy();
  });

  it('node-delete: the node is deleted permanently, and the autoscaler adds another', async () => {
    const before = await bootIds();
    const step = await pass('node-delete');
    const { targets, verdict } = experimentOf(step);
    expect(verdict).toBe('pass');
    const after = await bootIds();
    expect([after.has(targets[0]?.node ?? ''), after.size]).toEqual([false, before.size]);
    await expectHealthy();
  });

  it('teardown: succeeds with exactly its permissions', async () => {
    restrict(lab, cluster.name, operationDefinitions.teardown.permissions, namespace);
    const step = await job.pass({ operation: 'teardown' });
    expect([step.main.outputs['deleted'], unseenIn(step)]).toEqual(['true', []]);
  });
});
