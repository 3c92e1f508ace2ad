import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../../src/journal/model.js';
import {
  droppedAfterEffect,
  droppedBeforeEffect,
  failedOperation,
  insufficientQuota,
  outOfCapacity,
  scopeLocked,
  slowOperation,
  throttled,
} from '../azure/faults.js';
import { createGate } from '../azure/gate.js';
import type { Lab } from '../lab.js';
import { az, deletions, inventory, logIn, startAzureJob } from './support/azure-job.js';
import { errorOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const nothing = { groups: [], clusters: [] };

/** Returns how often the cluster was requested. */
function createsOf({ commands }: Report): number {
  return commands.filter(({ argv: [group, verb] }) => group === 'aks' && verb === 'create').length;
}

describe('operation create on Azure', () => {
  let lab: Lab;

  useLab(async started => {
    lab = started;
    await logIn(lab);
  });

  it('reports an insufficient quota in one error, and deletes its own group', async () => {
    lab.azure.place.group({ name: 'theirs', tags: { team: 'shop' } });
    lab.azure.inject(insufficientQuota());
    const job = await startAzureJob(lab, { runId: '1' });
    const { main, report } = await job.fail({ operation: 'create' });
    expect(errorOf({ main })).toContain('Insufficient regional vcpu quota left');
    expect(main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'azure-quota', 'error-transient': 'false' });
    expect(report.errors.map(({ code }) => code)).toEqual(['azure-quota']);
    expect(main.annotations.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(report.pending).toEqual([]);
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({ groups: ['theirs'], clusters: [] });
    lab.azure.place.removeGroup('theirs');
  });

  it('names what a lock protects from the deletion, and post deletes it after the lock is removed', async () => {
    lab.azure.inject(insufficientQuota());
    const unlock = lab.azure.inject(scopeLocked({ times: Infinity }));
    const job = await startAzureJob(lab, { runId: '8' });
    const step = await job.start({ operation: 'create' });
    const main = await step.ended;
    const { errors, pending } = await step.report();
    expect(main.code).toBe(1);
    expect(main.outputs).toMatchObject({ 'error-code': 'azure-quota' });
    expect(errors.map(({ code }) => code)).toEqual(['azure-quota', 'undo-incomplete']);
    expect(errors[1]?.message).toContain('following scope(s) are locked');
    expect(pending).toEqual(['cluster aks-migratorydata in resource group rg-migratorydata-8-check-0 must be deleted']);
    expect(inventory(lab).groups).toEqual(['rg-migratorydata-8-check-0']);
    unlock();
    const post = await step.post();
    expect(post.summary).toContain('Resource group rg-migratorydata-8-check-0 is being deleted');
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('reports the inner reason when Azure accepts the cluster but cannot create it, and leaves nothing', async () => {
    const message = 'Internal server error: SubnetIsFull: subnet aks-subnet has no address left';
    lab.azure.inject(failedOperation({ code: 'CreateVMSSAgentPoolFailed', message }));
    const job = await startAzureJob(lab, { runId: '2' });
    const { main, report } = await job.fail({ operation: 'create' });
    expect(errorOf({ main })).toContain('ended in state Failed: (CreateVMSSAgentPoolFailed)');
    expect(errorOf({ main })).toContain('subnet aks-subnet has no address left');
    expect(report.errors.map(({ code }) => code)).toEqual(['azure-invalid']);
    expect(report.phases.map(({ name, status }) => [name, status])).toEqual([
      ['create', 'failed'],
      ['clean-up', 'passed'],
    ]);
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('uses the second size when the first has no capacity, after the failed cluster is deleted', async () => {
    const before = deletions(lab).length;
    const removeFault = lab.azure.inject(outOfCapacity('Standard_D2s_v5'));
    const job = await startAzureJob(lab, { runId: '3' });
    const { main } = await job.pass({ operation: 'create', 'node-vm-size': 'Standard_D2s_v5,Standard_D2as_v5' });
    removeFault();
    expect(main.outputs).toMatchObject({
      'node-vm-size': 'Standard_D2as_v5',
      'created-cluster': 'true',
      'created-resource-group': 'true',
    });
    expect(main.log).toMatch(/Standard_D2s_v5 is not available: .*Trying Standard_D2as_v5/);
    expect(deletions(lab).slice(before)).toEqual(['aks-migratorydata']);
    expect(lab.azure.resources().clusters.map(({ pools }) => pools[0]?.vmSize)).toEqual(['Standard_D2as_v5']);
    await job.pass({ operation: 'teardown', 'wait-for-deletion': 'true' });
    expect(inventory(lab)).toEqual(nothing);
  });

  it('sends its request again when the connection broke before Azure had received it, and finds its cluster when it broke after', async () => {
    // az itself repeats a request three times before it fails.
    lab.azure.inject(droppedBeforeEffect({ times: 4 }));
    const job = await startAzureJob(lab, { runId: '4' });
    const step = await job.start({ operation: 'create', teardown: 'always' });
    await step.logged('does not exist after this error, so it is requested again');
    lab.azure.inject(droppedAfterEffect());
    const main = await step.ended;
    expect(main.log).toContain('the creation request took effect');
    expect(main.outputs).toMatchObject({ outcome: 'success', 'created-cluster': 'true' });
    const [cluster] = lab.azure.resources().clusters;
    expect(cluster?.tags['creation-id']).toBe(main.outputs['creation-id']);
    expect(createsOf(await step.report())).toBe(2);
    const post = await step.post();
    expect(post.log).toContain('Resource group rg-migratorydata-4-check-0 is being deleted');
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('waits for a group that is still being deleted, and retries what Azure throttles', async () => {
    lab.azure.place.group({ name: 'again' });
    const gate = createGate();
    lab.azure.inject(slowOperation({ gate }, { method: 'DELETE', path: /\/resourceGroups\/again$/ }));
    await az(lab, ['group', 'delete', '--name', 'again', '--yes', '--no-wait']);
    lab.azure.inject(throttled({ times: 4 }));
    const job = await startAzureJob(lab, { runId: '6' });
    const step = await job.start({ operation: 'create', 'resource-group': 'again' });
    await step.logged('Resource group again is being deleted; waiting for the deletion.');
    gate.open();
    const main = await step.ended;
    expect(main.code).toBe(0);
    expect(main.log).toMatch(/\(azure-throttled\); retrying in \d s/);
    expect(main.outputs).toMatchObject({ 'resource-group': 'again', 'created-resource-group': 'true' });
    expect(createsOf(await step.report())).toBe(2);
    await step.post();
    await job.pass({ operation: 'teardown', 'resource-group': 'again', 'wait-for-deletion': 'true' });
    expect(inventory(lab)).toEqual(nothing);
  });

  it('names the node that does not become Ready, and the reason, after create-timeout', async () => {
    lab.faultsOf('sick').nodesNotReady = 1;
    const job = await startAzureJob(lab, { runId: '7' });
    const { main, report } = await job.fail({
      operation: 'create',
      'cluster-name': 'sick',
      'create-timeout': '40s',
    });
    expect(report.errors.map(({ code }) => code)).toEqual(['nodes-not-ready']);
    expect(errorOf({ main })).toMatch(
      /2 of 3 nodes are Ready; aks-nodepool1-\d+-vmss000002 is not Ready \(KubeletNotReady: container runtime network not ready/,
    );
    await lab.azure.idle();
    expect(inventory(lab)).toEqual(nothing);
  });

  it('has found a response to every request', () => {
    expect(lab.azure.problems()).toEqual([]);
  });
});
