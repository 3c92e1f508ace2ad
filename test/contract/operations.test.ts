import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { expectGolden } from './support/golden.js';
import { startIdentity } from './support/identity.js';
import { type Job, type Main, ownLogin, probeImage, startJob } from './support/job.js';

/** Compares what each operation starts, changes, reads and reports with a golden file. */
function expectOperation(name: string, main: Main): void {
  expect([main.code, main.annotations.filter(({ level }) => level === 'error')]).toEqual([0, []]);
  const { processes, requests, changes, reads, outputs } = main;
  expectGolden(name, { processes, requests, changes, reads, outputs: Object.keys(outputs).sort() });
}

/** Starts a job whose cluster has a deployment already. */
async function startDeployedJob(inputs: Readonly<Record<string, string>> = {}): Promise<Job> {
  const job = await startJob();
  const { code } = await job.run({ ...job.onKubeconfig, ...inputs, operation: 'deploy' });
  expect(code).toBe(0);
  return job;
}

const of = (tool: string, { processes }: Main): readonly string[] => processes.filter(line => line.startsWith(tool));

/** Without a hold, and without the window in which availability is measured. */
const shortChaos = { operation: 'chaos', hold: '0s', steady: '500ms', 'min-availability': '0' };

describe('with a kubeconfig', () => {
  it('preflight reads the versions of kubectl and of the API server', async () => {
    await using job = await startJob();
    expectOperation('preflight-kubeconfig', await job.run({ ...job.onKubeconfig, operation: 'preflight' }));
  });

  it('deploy starts one process', async () => {
    await using job = await startJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    expect(main.processes).toHaveLength(1);
    expectOperation('deploy', main);
  });

  it('deploy starts two processes when there are patches', async () => {
    await using job = await startJob();
    const patches = join(job.folder, 'patch.yaml');
    const metadata = { name: 'migratorydata', annotations: { team: 'shop' } };
    await writeFile(patches, stringify({ apiVersion: 'apps/v1', kind: 'StatefulSet', metadata }));
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy', patches });
    expect(main.processes).toHaveLength(2);
    expectOperation('deploy-patched', main);
  });

  it('deploy of an existing deployment says that nothing changed', async () => {
    await using job = await startDeployedJob();
    const again = await job.run({ ...job.onKubeconfig, operation: 'deploy' });
    expect([again.code, again.outputs['changed']]).toEqual([0, 'false']);
    expect(again.processes).toHaveLength(1);
  });

  it('deploy of another image updates one member at a time', async () => {
    await using job = await startDeployedJob();
    const image = 'migratorydata/server:6.0.25';
    const main = await job.run({ ...job.onKubeconfig, operation: 'deploy', image, 'member-pause': '0s' });
    expect(main.outputs).toMatchObject({ changed: 'true', image });
    expectOperation('deploy-update', main);
  });

  it('verify changes nothing', async () => {
    await using job = await startDeployedJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'verify' });
    expect(main.changes).toEqual([]);
    expectOperation('verify', main);
  });

  it('verify sends a message through the cluster when REST is enabled', async () => {
    await using job = await startDeployedJob({ rest: 'true' });
    const main = await job.run({ ...job.onKubeconfig, operation: 'verify', rest: 'true' });
    expectOperation('verify-rest', main);
    expect(job.front.requests).toEqual(['GET /', 'POST /rest/produce', 'GET /rest/consume']);
  });

  it('scale runs its steps', async () => {
    await using job = await startDeployedJob();
    expectOperation('scale', await job.run({ ...job.onKubeconfig, operation: 'scale' }));
  });

  it('scale changes the bounds of an existing autoscaler', async () => {
    await using job = await startDeployedJob();
    await job.run({ ...job.onKubeconfig, operation: 'autoscale' });
    expectOperation('scale-autoscaled', await job.run({ ...job.onKubeconfig, operation: 'scale', 'scale-to': '5' }));
  });

  it('autoscale applies the autoscaler and reads its metric', async () => {
    await using job = await startDeployedJob();
    expectOperation('autoscale', await job.run({ ...job.onKubeconfig, operation: 'autoscale' }));
  });

  it('chaos evicts when the budget allows it', async () => {
    await using job = await startDeployedJob({ replicas: '4' });
    const main = await job.run({ ...job.onKubeconfig, ...shortChaos });
    expect(main.outputs['verdict']).toBe('pass');
    expectOperation('chaos-evict', main);
  });

  it('chaos adds a member first when the budget allows no disruption', async () => {
    await using job = await startDeployedJob();
    const main = await job.run({ ...job.onKubeconfig, ...shortChaos });
    expect(main.outputs['verdict']).toBe('pass');
    expectOperation('chaos-surge', main);
  });

  it('chaos with a probe inside the cluster starts its pod after the record, on no target, and deletes it before', async () => {
    await using job = await startDeployedJob({ replicas: '4' });
    const main = await job.run({ ...job.onKubeconfig, ...shortChaos, 'probe-image': probeImage });
    const [{ measurement, targets } = {}] = main.report.experiments;
    expect([main.outputs['verdict'], measurement?.inside?.failed]).toEqual(['pass', 0]);
    expect(targets?.map(({ node }) => node)).not.toContain(measurement?.inside?.node);
    expect(main.summary).toMatch(/Inside the cluster, from node \S+, 0 of \d+ connections failed\./);
    expectOperation('chaos-probe', main);
  });

  it('chaos injects no fault when the probe inside the cluster cannot be pulled', async () => {
    await using job = await startDeployedJob({ replicas: '4' });
    job.kubernetes.behaviour.podFault = ({ name }) => (name === 'migratorydata-probe' ? 'image-pull' : undefined);
    const main = await job.run({ ...job.onKubeconfig, ...shortChaos, 'probe-image': probeImage });
    expect([main.code, main.outputs['verdict'], main.outputs['error-code']]).toEqual([
      1,
      'inconclusive',
      'probe-pod-failed',
    ]);
    expect(main.changes.filter(change => /eviction|unschedulable":true/.test(change))).toEqual([]);
    expect(main.changes).toContain('DELETE /api/v1/namespaces/migratory/pods/migratorydata-probe');
    expect(job.kubernetes.get('Pod', 'migratory', 'migratorydata-probe')).toBeUndefined();
  });

  it('collect only reads', async () => {
    await using job = await startDeployedJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'collect' });
    expect(main.changes).toEqual([]);
    expectOperation('collect', main);
  });

  it('teardown deletes the namespace', async () => {
    await using job = await startDeployedJob();
    const main = await job.run({ ...job.onKubeconfig, operation: 'teardown' });
    expect(main.outputs['deleted']).toBe('true');
    expectOperation('teardown-kubeconfig', main);
  });

  it('e2e starts no az, which need not be installed', async () => {
    await using job = await startJob({ tools: ['kubectl'] });
    const main = await job.run({
      ...job.onKubeconfig,
      operation: 'e2e',
      hold: '0s',
      steady: '500ms',
      'min-availability': '0',
      rest: 'true',
    });
    expect(of('az', main)).toEqual([]);
    expectOperation('e2e-kubeconfig', main);
  });
});

describe('on AKS', () => {
  it('preflight only reads', async () => {
    await using job = await startJob();
    const main = await job.run({ ...job.onAks, operation: 'preflight', 'kubernetes-version': '' });
    expect(main.changes).toEqual([]);
    expectOperation('preflight-aks', main);
  });

  it.each(['preflight', 'e2e'])('%s sends no request to Azure when the patches do not fit', async operation => {
    await using job = await startJob();
    const patches = join(job.folder, 'patch.yaml');
    await writeFile(patches, stringify({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }));
    const main = await job.run({ ...job.onAks, operation, patches });
    expect([main.code, main.outputs['error-code'], of('az', main)]).toEqual([1, 'patches-failed', []]);
  });

  it('create starts one az process beside those of the login', async () => {
    await using job = await startJob();
    job.azure.creation = ['Creating', 'Succeeded'];
    const main = await job.run({ operation: 'create' });
    expect(of('az aks', main)).toHaveLength(1);
    expect(of('az', main)).toHaveLength(3);
    expectOperation('create', main);
  });

  it('create with its own login adds az login', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    const main = await job.run({ ...ownLogin, operation: 'create' }, { env: identity.environment });
    expectOperation('create-own-login', main);
  });

  it('create passes every option on to Azure', async () => {
    await using job = await startJob();
    const main = await job.run({
      operation: 'create',
      'subscription-id': ownLogin['subscription-id'],
      'resource-group': 'rg-shop',
      'cluster-name': 'aks-shop',
      location: 'westeurope',
      'node-count': '3',
      'min-nodes': '2',
      'max-nodes': '8',
      'node-vm-size': 'Standard_D4s_v5',
      'kubernetes-version': '1.35',
      tier: 'standard',
      zones: '1,2,3',
      'node-os-disk': 'Managed',
      'authorized-ip-ranges': 'runner,198.51.100.0/24',
      'node-resource-group': 'rg-shop-nodes',
      tags: 'team=shop,cost-centre=42',
      ttl: '2h',
      'extra-create-args': '--network-plugin\nazure',
    });
    expectOperation('create-with-wishes', main);
  });

  it('deploy starts no az but those of the login, and one kubectl', async () => {
    await using job = await startJob();
    const main = await job.run({ ...job.onAks, operation: 'deploy' });
    expect([of('az', main).length, of('az aks', main).length, of('kubectl', main).length]).toEqual([2, 0, 1]);
    expectOperation('deploy-aks', main);
  });

  it('collect adds the activity log of Azure', async () => {
    await using job = await startJob();
    await job.run({ operation: 'create' });
    await job.run({ ...job.onAks, operation: 'deploy' });
    expectOperation('collect-aks', await job.run({ ...job.onAks, operation: 'collect' }));
  });

  it('teardown deletes the group that was created', async () => {
    await using job = await startJob();
    await job.run({ operation: 'create' });
    const main = await job.run({ operation: 'teardown' });
    expect(main.outputs['deleted']).toBe('true');
    expectOperation('teardown-aks', main);
    expect(job.azure.groups.size).toBe(0);
  });

  it('sweep shows what has expired, and deletes it on request', async () => {
    await using job = await startJob();
    const subscription = { 'subscription-id': ownLogin['subscription-id'] };
    await job.run({ operation: 'create', ttl: '31m', timeout: '1m', 'create-timeout': '1m' });
    job.azure.expire();
    const shown = await job.run({ ...subscription, operation: 'sweep' });
    expect(shown.outputs['swept']).toBe('1');
    expect(job.azure.groups.size).toBe(1);
    const main = await job.run({ ...subscription, operation: 'sweep', 'dry-run': 'false' });
    expect(main.outputs['swept']).toBe('1');
    expect(job.azure.groups.size).toBe(0);
    expectOperation('sweep', main);
  });

  it('e2e runs the full life cycle of a cluster', async () => {
    await using job = await startJob();
    await using identity = await startIdentity();
    const inputs = {
      ...job.onAks,
      ...ownLogin,
      operation: 'e2e',
      hold: '0s',
      steady: '500ms',
      'min-availability': '0',
      rest: 'true',
    };
    const main = await job.run(inputs, { env: identity.environment });
    expectOperation('e2e-aks', main);
    expect(job.azure.groups.size).toBe(0);
  });
});

describe('with neither', () => {
  it('render starts nothing', async () => {
    await using job = await startJob();
    const main = await job.run({ operation: 'render' });
    expect(main.processes).toEqual([]);
    expectOperation('render', main);
  });
});
