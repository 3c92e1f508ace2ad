import { describe, expect, it } from '@jest/globals';
import type { Lab } from '../../lab.js';
import { startAzureJob } from '../support/azure-job.js';
import { experimentOf } from '../support/chaos.js';
import { type Machines, machineChaos, namespace, startMachines } from '../support/machines.js';
import { errorOf, notesOf, type Inputs } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const common = { 'resource-group': 'rg-promises', 'cluster-name': 'aks-promises' };
const drain: Inputs = machineChaos('drain', { hold: '0s' });

/** What an experiment leaves as it was, and what two runs do not do to one another. Three machines, three seed members. */
describe('an experiment', () => {
  let lab: Lab;
  let machines: Machines;

  useLab(async started => {
    lab = started;
    machines = await startMachines(lab, common['resource-group'], common['cluster-name']);
  });

  const nodesOfSeeds = async (): Promise<number> => {
    const members = await machines.objects.members(namespace);
    return new Set(members.map(({ spec }) => spec.nodeName)).size;
  };

  it('leaves the seed members spread as before, three drains and the deletion of a node in a row', async () => {
    expect(await nodesOfSeeds()).toBe(3);
    for (const inputs of [drain, drain, drain, machineChaos('node-delete')]) {
      expect(experimentOf(await machines.job.pass(inputs)).verdict).toBe('pass');
      expect(await nodesOfSeeds()).toBe(3);
    }
    await machines.expectHealthy();
  });

  it('keeps the number of members that an operator has set after its runner was lost', async () => {
    const dying = await machines.job.start(drain);
    await dying.logged('The budget allows 0');
    dying.kill();
    await dying.ended;
    await machines.cluster.api.patch(`/apis/apps/v1/namespaces/${namespace}/statefulsets/migratorydata`, {
      spec: { replicas: 5 },
    });
    await machines.objects.untilReady(namespace, 5);
    const recovered = await machines.rescuer.pass({ operation: 'recover' });
    expect(notesOf(recovered)).toContain(
      'There are 5 members, which is not the number that the experiment set, so it stays.',
    );
    expect((await machines.objects.statefulSet(namespace)).spec.replicas).toBe(5);
    await machines.job.pass({ operation: 'scale', 'scale-to': '3' });
    await machines.expectHealthy();
  });

  it('of two runs on two deployments of a cluster stops one machine after the other', async () => {
    const other = await startAzureJob(lab, { common: { ...common, namespace: 'second' }, runId: '9999' });
    await other.pass({ operation: 'deploy' });
    const before = lab.azure.requests().length;
    const powerOff = machineChaos('power-off', { hold: '0s' });
    await Promise.all([machines.job.pass(powerOff), other.pass(powerOff)]);
    const changes = lab.azure
      .requests()
      .slice(before)
      .flatMap(({ path }) => /\/(poweroff|start)$/.exec(path)?.[1] ?? []);
    expect(changes).toEqual(['poweroff', 'start', 'poweroff', 'start']);
    await machines.expectHealthy();
  });

  it('stops before another run can take its lock when the API server is out of reach, and its machine is started', async () => {
    const step = await machines.job.start(machineChaos('power-off', { hold: '5m' }));
    await step.logged('The fault is held');
    // Requests to the API server get no response any more; those to Azure do.
    const resume = step.freeze('kubectl');
    const main = await step.ended;
    expect([main.code, main.outputs['error-code']]).toEqual([1, 'lock-expiring']);
    expect(errorOf({ main })).toContain('stops before another run can take the lock.');
    const { calls } = await step.report();
    const renewed = calls.findLast(({ path, status }) => path.includes('/leases/migratorydata-aks?') && status === 200);
    const started = calls.find(({ path }) => /\/start\?/.test(path));
    // Another run can take the Lease 90 s after the last renewal.
    expect((started?.startedMs ?? Infinity) - (renewed?.startedMs ?? 0)).toBeLessThan(90_000);
    await lab.azure.idle();
    const powers = lab.azure.resources().scaleSets.flatMap(({ instances }) => instances.map(({ power }) => power));
    expect(new Set(powers)).toEqual(new Set(['running']));
    resume();
    await step.post();
    await machines.expectHealthy();
  });
});
