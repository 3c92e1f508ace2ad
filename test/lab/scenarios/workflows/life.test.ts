import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Lab } from '../../lab.js';
import { inventory } from '../support/azure-job.js';
import { expectReverted } from '../support/chaos.js';
import { generousLimits } from '../support/limits.js';
import { objectsOf } from '../support/objects.js';
import { useLab } from '../support/use-lab.js';
import { outcomesOf, resultsOf, runPublic, startPublic } from '../support/workflow-job.js';

const namespace = 'migratory';
const group = 'rg-migratorydata-4711-main';
const cluster = 'aks-migratorydata';
const quick = { steady: '1s', hold: '2s', ...generousLimits };

/** One run of a caller that deploys, scales, experiments and tears down, each with its own workflow. */
describe('the workflows, one after the other', () => {
  let lab: Lab;

  useLab(started => {
    lab = started;
  });

  it('preflight: checks, and creates nothing', async () => {
    const run = await runPublic(lab, 'preflight', {});
    expect([run.outputs['outcome'], inventory(lab)]).toEqual(['success', { groups: [], clusters: [] }]);
  });

  it('deploy: creates the cluster, deploys, verifies, and keeps the cluster', async () => {
    const run = await runPublic(lab, 'deploy', { rest: true });
    expect(resultsOf(run)).toEqual({ plan: 'success', check: 'success', deploy: 'success', teardown: 'skipped' });
    expect(outcomesOf(run, 'deploy')).toEqual(['create success', 'deploy success', 'verify success']);
    expect(run.outputs).toMatchObject({
      ...{ outcome: 'success', 'resource-group': group, 'cluster-name': cluster, location: 'eastus' },
      ...{ replicas: '3', 'ready-members': '3', 'error-code': '' },
      url: expect.stringMatching(/^http:\/\//),
    });
    expect(inventory(lab)).toEqual({ groups: [group], clusters: [`${group}/${cluster}`] });
    const names = Object.keys(run.artifacts).map(name => name.replace(/-[0-9a-f]{6}/, ''));
    expect(names.sort()).toEqual(['migratorydata-deploy-main-1', 'migratorydata-deploy-main-check-1']);
    expect(run.concurrency).toEqual(['mdaks-4711-main-aks-migratorydata']);
  });

  it('deploy, once more: refuses the cluster that existed before, and does not delete it', async () => {
    const again = await runPublic(lab, 'deploy', {}, { conclusion: 'failure' });
    expect(again.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'cluster-exists' });
    expect([resultsOf(again)['teardown'], inventory(lab).clusters.length]).toEqual(['skipped', 1]);
  });

  it('scale: steps through the numbers, and applies the autoscaler on request', async () => {
    const run = await runPublic(lab, 'scale', { 'scale-to': '4', autoscale: true });
    expect(outcomesOf(run, 'scale')).toEqual(['scale success', 'autoscale success']);
    expect(run.outputs).toMatchObject({ outcome: 'success', hpa: 'migratorydata-autoscale' });
  });

  it('chaos: measures, and checks for leftovers afterwards', async () => {
    const run = await runPublic(lab, 'chaos', { experiments: 'pod-kill', ...quick });
    expect(run.outputs).toMatchObject({ verdict: 'pass', 'lost-messages': '0' });
    expect(Number(run.outputs['recovery-ms'])).toBeGreaterThan(0);
    expect(outcomesOf(run, 'recover')).toEqual(['recover success']);
    const [artifact = ''] = Object.values(run.artifacts);
    expect((await readdir(artifact, { recursive: true })).some(path => path.endsWith('.svg'))).toBe(true);
  });

  it('chaos, cancelled while the fault is held: the fault is reverted before the run ends', async () => {
    const run = await startPublic(lab, 'chaos', {
      experiments: 'drain',
      ...quick,
      hold: '10m',
      'max-recovery': '20m',
    });
    await run.logged('The fault is held.');
    run.cancel();
    const ended = await run.ended;
    expect(resultsOf(ended)).toEqual({ plan: 'success', chaos: 'cancelled', recover: 'success' });
    const { api } = lab.cluster(cluster);
    const objects = objectsOf(api);
    await objects.untilReady(namespace, 4);
    await expectReverted(lab.cluster(cluster), objects, namespace, 4);
    expect(Object.keys(ended.artifacts)).toHaveLength(2);
  });

  it('teardown: deletes what the same run has created', async () => {
    const run = await runPublic(lab, 'teardown', { 'wait-for-deletion': true });
    expect(run.outputs).toMatchObject({ outcome: 'success', deleted: 'true' });
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    expect(Object.values(run.artifacts).every(existsSync)).toBe(true);
  });
});
