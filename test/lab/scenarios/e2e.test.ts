import { describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { operationDefinitions } from '../../../src/operations/index.js';
import { roleActionOf } from '../../support/role-action.js';
import type { Lab } from '../lab.js';
import { restrict } from './support/accounts.js';
import { inventory, startAzureJob } from './support/azure-job.js';
import { generousLimits } from './support/limits.js';
import { type StepResult, type Steps, unseenIn } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('the tutorial end to end on Azure', () => {
  let lab: Lab;
  let job: Steps;
  let step: StepResult;

  useLab(async started => {
    lab = started;
    // The pace is that of the tutorial as well: no patch shortens it.
    // The compiled code lies with the other files of the job.
    job = await startAzureJob(lab, { ownLogin: true, common: { patches: '' }, env: { NODE_COMPILE_CACHE: '' } });
    restrict(lab, 'aks-migratorydata', operationDefinitions.e2e.permissions);
    // The bounds of the tutorial are the defaults. Only the hold and the measurement around it are shorter.
    step = await job.pass({ operation: 'e2e', rest: 'true', hold: '2s', steady: '2s', ...generousLimits });
  });

  it('runs every phase', () => {
    const { phases, errors, outcome, pending } = step.report;
    expect(phases.map(({ name, status }) => [name, status])).toEqual(
      [
        'preflight',
        'create',
        'nodes',
        'deploy',
        'verify',
        'scale-1',
        'scale-2',
        'autoscale',
        'chaos-drain',
        'verify-2',
        'teardown',
      ].map(name => [name, 'passed']),
    );
    expect({ outcome, errors, pending }).toEqual({ outcome: 'success', errors: [], pending: [] });
  });

  it('succeeds with exactly its permissions, and sees everything', () => {
    expect(unseenIn(step)).toEqual([]);
  });

  it('sends no request to Azure that its permissions do not name, also not through az', () => {
    const declared = operationDefinitions.e2e.permissions.actions.map(({ action }) => action.toLowerCase());
    const needed = lab.azure
      .requests()
      .filter(({ path }) => path.startsWith('/subscriptions/'))
      .map(request => roleActionOf(request).toLowerCase());
    expect([...new Set(needed)].filter(action => !declared.includes(action))).toEqual([]);
  });

  it('reports its results to the steps after it', () => {
    const { outputs } = step.main;
    expect(outputs).toMatchObject({
      outcome: 'success',
      verdict: 'pass',
      'resource-group': 'rg-migratorydata-4711-check-0',
      'cluster-name': 'aks-migratorydata',
      'node-resource-group': 'MC_rg-migratorydata-4711-check-0_aks-migratorydata_eastus',
      location: 'eastus',
      'node-vm-size': 'Standard_D2s_v5',
      namespace: 'migratory',
      image: 'migratorydata/server:6.0.24',
      hpa: 'migratorydata-autoscale',
      changed: 'true',
      'created-cluster': 'true',
      'created-resource-group': 'true',
      deleted: 'true',
    });
    expect(outputs['url']).toMatch(/^http:\/\/127\.\d+\.\d+\.\d+/);
    expect(outputs['ready-members']).toBe(outputs['replicas']);
    expect(Number(outputs['expires-at']) * 1000).toBeGreaterThan(Date.now() + 3 * 3_600_000);
  });

  it('leaves report, JUnit and summary', async () => {
    const { main, report } = step;
    expect(main.outputs['report-json']).toBe(`${step.reports}/report.json`);
    const junit = await readFile(main.outputs['report-junit'] ?? '', 'utf8');
    expect(junit).toMatch(/<testsuites name="migratorydata" tests="18" failures="0" errors="0" skipped="1"/);
    expect(main.summary).toContain('## MigratoryData: e2e succeeded');
    expect(report.members.map(({ ready }) => ready)).not.toContain(false);
    expect(report.experiments).toMatchObject([{ name: 'drain', verdict: 'pass' }]);
  });

  it('leaves no cluster, no group, no kubeconfig and no login', async () => {
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
    expect(lab.azure.resources().resources).toEqual([]);
    expect(existsSync(step.main.outputs['kubeconfig'] ?? '')).toBe(false);
    expect((await readdir(job.folder)).toSorted()).toEqual([
      '_runner_file_commands',
      'migratorydata-aks-cloud.json',
      'migratorydata-aks-code',
      'reports',
    ]);
    expect(existsSync(`${lab.env['HOME'] ?? ''}/.kube`)).toBe(false);
    expect(step.post.annotations).toEqual([]);
  });

  it('has contacted no host but Azure', () => {
    expect(lab.azure.refused()).toEqual([]);
    expect(lab.azure.problems()).toEqual([]);
  });
});
