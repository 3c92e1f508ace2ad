import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import type { Node, Pod } from '../../../../src/kubernetes/api/types.js';
import { operationDefinitions } from '../../../../src/operations/index.js';
import type { Lab, LabCluster } from '../../lab.js';
import { waitForObjects, waitUntil } from '../../wait.js';
import { restrict } from '../support/accounts.js';
import { az } from '../support/azure-job.js';
import { expectReverted } from '../support/chaos.js';
import { namespace, startLostRunner, type LostRunner } from '../support/lost-runner.js';
import { namesOf, objectsOf, type Objects } from '../support/objects.js';
import { randomOf, seed } from '../support/random.js';
import { errorOf, type Steps } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const group = 'rg-lost-runner';

/** The runner is lost after Azure has accepted a change of a machine, and before Azure has made it. */
describe('a change that Azure has accepted when the runner is lost', () => {
  let lab: Lab;
  let lost: LostRunner;
  let job: Steps;
  let rescuer: Steps;
  let cluster: LabCluster;
  let objects: Objects;

  /** The runner that recovers has exactly the permissions for it. The returned function lifts that. */
  const onlyRecover = (): (() => void) =>
    restrict(lab, cluster.name, operationDefinitions.recover.permissions, namespace);
  const nodeNames = async (): Promise<readonly string[]> =>
    namesOf((await cluster.api.list<Node>('/api/v1/nodes')).items);
  const expectInService = async (): Promise<void> => {
    expect(await lost.powers()).toEqual(['running', 'running', 'running']);
    await objects.untilReady(namespace, 3);
    await expectReverted(cluster, objects, namespace, 3);
  };

  useLab(async started => {
    console.log(`CHAOS_SEED=${seed}`);
    lab = started;
    lost = await startLostRunner(lab, group, 'aks-lost');
    ({ cluster, job, rescuer } = lost);
    objects = objectsOf(cluster.api);
  });

  const random = randomOf(seed);

  it.each([1, 2])('power-off, kill %d of 2: the node is in service before the revert record is deleted', async kill => {
    const open = await lost.killWhenAccepted('power-off', /poweroff$/);
    const starts = lost.requestsTo(/start$/);
    const lift = onlyRecover();
    const recovering = rescuer.pass({ operation: 'recover' });
    if (kill === 1) {
      // The worst case: the power goes off after every check. Without a start, recover would end while it waits.
      await Promise.race([waitUntil(() => lost.requestsTo(/start$/) > starts, 'a start of the machine'), recovering]);
    } else {
      await pause(random() * 8_000);
    }
    open();
    const recovered = await recovering;
    lift();
    expect(recovered.main.outputs['changed']).toBe('true');
    await expectInService();
  });

  it('node-delete: the minimum of the pool stays raised until the machine is deleted and a new one is in service', async () => {
    const pool = ['--resource-group', group, '--cluster-name', 'aks-lost', '--name', 'nodepool1'];
    const lowerBound = (): number | undefined => lab.azure.resources().clusters[0]?.pools[0]?.autoscaling?.min;
    const update = ['aks', 'nodepool', 'update', ...pool, '--update-cluster-autoscaler', '--max-count', '5'];
    await az(lab, [...update, '--min-count', '1', '--tags', 'team=push it']);
    const before = await nodeNames();
    const open = await lost.killWhenAccepted('node-delete', /deleteMachines$/);
    expect(lowerBound()).toBe(3);
    const lift = onlyRecover();
    const step = await rescuer.start({ operation: 'recover' });
    await step.logged('was not reverted; reverting it');
    open();
    const { outputs } = await step.ended;
    lift();
    expect([outputs['outcome'], lowerBound()]).toEqual(['success', 1]);
    expect(lab.azure.resources().clusters[0]?.pools[0]?.tags).toEqual({ team: 'push it' });
    const after = await nodeNames();
    expect([after.length, after.filter(name => !before.includes(name)).length]).toEqual([3, 1]);
    // The pod of a node that is gone says that it is Ready until the garbage collection finds it, more than a minute later.
    await waitForObjects<Pod>(cluster.api, `/api/v1/namespaces/${namespace}/pods`, pods =>
      pods.every(({ spec }) => after.includes(spec.nodeName ?? '')),
    );
    await expectInService();
  }, 300_000);

  it('a planted revert record is reported, changes nothing, and blocks no other operation', async () => {
    const plant = (experiment: string, undo: object): string =>
      JSON.stringify({
        ...{ version: 1, namespace, deployment: 'migratorydata', holder: 'acme/shop/1/x', experiment },
        ...{ held: [], seedsPerNode: [] },
        ...{ writtenAt: '2026-01-01T00:00:00.000Z', deadline: '2026-01-01T00:00:00.000Z' },
        undo: { cordons: [], machines: [], kubelets: [], deletions: [], ...undo },
      });
    const { subscriptionId } = lab.azure;
    const machine = { subscriptionId, resourceGroup: 'prod-db', scaleSet: 'gpu', instanceId: '0' };
    const pool = { name: 'nodepool1', nodes: 0, bounds: { minCount: 50, maxCount: 1000 } };
    const planted = [
      {
        mark: plant('power-off', {
          replicas: { from: 0, set: 3 },
          machines: [{ node: 'aks-prod', uid: 'u', machine }],
        }),
        problem: 'had 0 members (undo.replicas)',
      },
      { mark: plant('drain', { pool }), problem: 'undo.pool is nothing that experiment drain changes' },
      { mark: plant('node-delete', { pool }), problem: 'had 50 to 1000 nodes (undo.pool.bounds)' },
    ];
    const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
    const metadata = { name: 'migratorydata-aks-mark' };
    const changes = (): number => lab.azure.requests().filter(({ method }) => method !== 'GET').length;
    const before = changes();
    for (const { mark, problem } of planted) {
      await cluster.api.request('DELETE', `${configMaps}/${metadata.name}`).catch(() => undefined);
      await cluster.api.request('POST', configMaps, { metadata, data: { mark } });
      const recovered = await rescuer.fail({ operation: 'recover' });
      expect(recovered.main.outputs['error-code']).toBe('record-invalid');
      expect(errorOf(recovered)).toContain(problem);
    }
    const deployed = await job.pass({ operation: 'deploy' });
    expect(deployed.report.warnings.join('\n')).toContain('(record-invalid)');
    await cluster.api.request('DELETE', `${configMaps}/${metadata.name}`);
    // Each step sends a POST for the credentials of the cluster and one for a token, and no other.
    const asked = lab.azure
      .requests()
      .filter(({ method }) => method !== 'GET')
      .slice(before);
    expect(asked.filter(({ path }) => !/listClusterUserCredential|oauth2/.test(path))).toEqual([]);
    expect((await objects.statefulSet(namespace)).spec.replicas).toBe(3);
    await expectInService();
  });
});
