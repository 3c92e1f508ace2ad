import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startDeployedJob } from './support/deployed-job.js';
import { type Job, probeImage, startJob } from './support/job.js';
import { expectOperation, startedOf } from './support/operation.js';
import { shortChaos } from './support/short-chaos.js';

/** Without a hold, and without the window in which availability is measured. */
const chaos = { operation: 'chaos', ...shortChaos };

describe('with a kubeconfig', () => {
  /** A deployment: the tests that change it are the last ones. */
  let deployed: Job;
  /** The same with a member more, so that the budget allows an eviction. */
  let larger: Job;
  beforeAll(async () => {
    [deployed, larger] = await Promise.all([startDeployedJob(), startDeployedJob({ replicas: '4' })]);
  });
  afterAll(async () => {
    await deployed[Symbol.asyncDispose]();
    await larger[Symbol.asyncDispose]();
  });

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
    const again = await deployed.run({ ...deployed.onKubeconfig, operation: 'deploy' });
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
    const main = await deployed.run({ ...deployed.onKubeconfig, operation: 'verify' });
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

  it('chaos injects no fault when the probe inside the cluster cannot be pulled', async () => {
    larger.kubernetes.behaviour.podFault = ({ name }) => (name === 'migratorydata-probe' ? 'image-pull' : undefined);
    const main = await larger.run({ ...larger.onKubeconfig, ...chaos, 'probe-image': probeImage });
    larger.kubernetes.behaviour.podFault = () => undefined;
    expect([main.code, main.outputs['verdict'], main.outputs['error-code']]).toEqual([
      1,
      'inconclusive',
      'probe-pod-failed',
    ]);
    expect(main.changes.filter(change => /eviction|unschedulable":true/.test(change))).toEqual([]);
    expect(main.changes).toContain('DELETE /api/v1/namespaces/migratory/pods/migratorydata-probe');
    expect(larger.kubernetes.get('Pod', 'migratory', 'migratorydata-probe')).toBeUndefined();
  });

  it('chaos evicts when the budget allows it', async () => {
    const main = await larger.run({ ...larger.onKubeconfig, ...chaos });
    expect(main.outputs['verdict']).toBe('pass');
    expectOperation('chaos-evict', main);
  });

  it('chaos adds a member first when the budget allows no disruption', async () => {
    const main = await deployed.run({ ...deployed.onKubeconfig, ...chaos });
    expect(main.outputs['verdict']).toBe('pass');
    expectOperation('chaos-surge', main);
  });

  it('chaos with a probe inside the cluster starts its pod after the record, on no target, and deletes it before', async () => {
    await using job = await startDeployedJob({ replicas: '4' });
    const main = await job.run({ ...job.onKubeconfig, ...chaos, 'probe-image': probeImage });
    const [{ measurement, targets } = {}] = main.report.experiments;
    expect([main.outputs['verdict'], measurement?.inside?.failed]).toEqual(['pass', 0]);
    expect(targets?.map(({ node }) => node)).not.toContain(measurement?.inside?.node);
    expect(main.summary).toMatch(/Inside the cluster, from node \S+, 0 of \d+ connections failed\./);
    expectOperation('chaos-probe', main);
  });

  it('collect only reads', async () => {
    const main = await deployed.run({ ...deployed.onKubeconfig, operation: 'collect' });
    expect(main.changes).toEqual([]);
    expectOperation('collect', main);
  });

  it('autoscale applies the autoscaler and reads its metric', async () => {
    expectOperation('autoscale', await deployed.run({ ...deployed.onKubeconfig, operation: 'autoscale' }));
  });

  it('scale changes the bounds of an existing autoscaler', async () => {
    await deployed.run({ ...deployed.onKubeconfig, operation: 'autoscale' });
    expectOperation(
      'scale-autoscaled',
      await deployed.run({ ...deployed.onKubeconfig, operation: 'scale', 'scale-to': '5' }),
    );
  });

  it('teardown deletes the namespace', async () => {
    const main = await deployed.run({ ...deployed.onKubeconfig, operation: 'teardown' });
    expect(main.outputs['deleted']).toBe('true');
    expectOperation('teardown-kubeconfig', main);
  });

  it('e2e starts no az, which need not be installed', async () => {
    await using job = await startJob({ tools: ['kubectl'] });
    const main = await job.run({
      ...job.onKubeconfig,
      operation: 'e2e',
      ...shortChaos,
      rest: 'true',
    });
    expect(startedOf('az', main)).toEqual([]);
    expectOperation('e2e-kubeconfig', main);
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
