import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { secondSignalMs } from '../../support/step-process.js';
import { slowOperation } from '../azure/faults.js';
import { createGate } from '../azure/gate.js';
import { startLab, type Lab } from '../lab.js';
import { inventory, startAzureJob } from './support/azure-job.js';
import { useStarted } from './support/use-lab.js';

describe('a cancel during the creation of the cluster', () => {
  let lab: Lab;

  useStarted(
    () => startLab({ unforkedAz: true }),
    started => {
      lab = started;
    },
  );

  it('ends the step in time with a summary of what is left; post deletes the group', async () => {
    const gate = createGate();
    lab.azure.inject(slowOperation({ gate }));
    const job = await startAzureJob(lab, { ownLogin: true });
    const step = await job.start({ operation: 'create' });
    await gate.reached;
    expect(job.programs()).not.toEqual([]);
    step.cancel();
    const main = await step.ended;
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect([main.code, main.signal]).toEqual([1, undefined]);
    expect(main.outputs).toMatchObject({ outcome: 'cancelled', 'error-code': 'cancelled' });
    expect(job.programs()).toEqual([]);

    const left = 'cluster aks-migratorydata in resource group rg-migratorydata-4711-check-0 must be deleted';
    expect(main.summary).toContain(left);
    const report = await step.report();
    expect(report).toMatchObject({ outcome: 'cancelled', pending: [left] });
    expect(report.phases.map(({ name, status }) => [name, status])).toEqual([['create', 'failed']]);
    expect(inventory(lab).clusters).toHaveLength(1);

    const post = await step.post();
    expect(post.code).toBe(0);
    expect(post.annotations).toEqual([]);
    expect(post.summary).toContain('Resource group rg-migratorydata-4711-check-0 is being deleted');
    expect(post.summary).not.toContain('by hand');
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    expect(existsSync(`${job.folder}/migratorydata-aks-login`)).toBe(false);
  });

  it('finds nothing to delete when the step had only asked for a token', async () => {
    const job = await startAzureJob(lab, { ownLogin: true });
    const step = await job.start({ operation: 'create' });
    await step.logged('az account get-access-token');
    step.cancel();
    const main = await step.ended;
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect(main.outputs).toMatchObject({ outcome: 'cancelled' });
    expect((await step.report()).pending).toEqual([]);
    expect((await step.post()).summary).toBe('');
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    expect(lab.azure.problems()).toEqual([]);
  });
});
