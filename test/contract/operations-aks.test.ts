import { describe, expect, it } from '@jest/globals';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startIdentity } from './support/identity.js';
import { ownLogin, startJob } from './support/job.js';
import { expectOperation, startedOf } from './support/operation.js';
import { shortChaos } from './support/short-chaos.js';

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
    expect([main.code, main.outputs['error-code'], startedOf('az', main)]).toEqual([1, 'patches-failed', []]);
  });

  it('create starts one az process beside those of the login', async () => {
    await using job = await startJob();
    job.azure.creation = ['Creating', 'Succeeded'];
    const main = await job.run({ operation: 'create' });
    expect(startedOf('az aks', main)).toHaveLength(1);
    expect(startedOf('az', main)).toHaveLength(3);
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
    expect([startedOf('az', main).length, startedOf('az aks', main).length, startedOf('kubectl', main).length]).toEqual(
      [2, 0, 1],
    );
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
      ...shortChaos,
      rest: 'true',
    };
    const main = await job.run(inputs, { env: identity.environment });
    expectOperation('e2e-aks', main);
    expect(job.azure.groups.size).toBe(0);
  });
});
