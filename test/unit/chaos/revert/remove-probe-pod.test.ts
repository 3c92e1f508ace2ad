import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RevertRecord } from '../../../../src/chaos/revert/revert-record.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import { probeLabels } from '../../../../src/migratorydata/object-names.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { pods } from '../../kubernetes/samples.js';
import { record, revertBy, startExperiment } from './revert-bench.js';

let cluster: FakeCluster;
let clock: JumpingClock;
let api: KubernetesApi;

beforeEach(async () => {
  cluster = await FakeCluster.start();
  clock = new JumpingClock(() => cluster.received.length);
  api = cluster.api(undefined, clock);
});

afterEach(async () => {
  clock.stop();
  await cluster[Symbol.asyncDispose]();
});

describe('the probe pod of a record', () => {
  const probePod = 'migratorydata-probe';
  const withProbe: RevertRecord = { ...record, probePod };
  const put = (): void => void cluster.put(pods, { metadata: { name: probePod, labels: probeLabels } });

  it('is deleted by its UID, and a second revert finds nothing', async () => {
    await startExperiment(cluster, withProbe, api);
    put();
    const uid = cluster.get(`${pods}/${probePod}`)?.metadata['uid'];
    const { done, did } = await revertBy(api, withProbe);
    expect([done, did]).toEqual([true, expect.arrayContaining([`The probe pod ${probePod} was deleted.`])]);
    const [deletion] = cluster.received.filter(({ method, path }) => method === 'DELETE' && path.includes('/pods/'));
    expect(deletion?.body).toContain(JSON.stringify({ uid }));
    expect((await revertBy(api, withProbe)).did).not.toContain(`The probe pod ${probePod} was deleted.`);
  });

  it('is left, by name, while it does not end', async () => {
    await startExperiment(cluster, withProbe, api);
    put();
    cluster.scripts.push(({ method, path }, response) => {
      if (method !== 'DELETE' || !path.includes('/pods/')) return false;
      response.writeHead(200).end('{}');
      return true;
    });
    const { done, left, leftOnMembers } = await revertBy(api, withProbe);
    expect([done, left, leftOnMembers]).toEqual([
      false,
      [`the probe pod was not deleted: Pod ${probePod} is still being deleted`],
      false,
    ]);
  });

  it('is no other pod, whatever the record says', async () => {
    await startExperiment(cluster, { ...record, probePod: 'migratorydata-0' }, api);
    const { done, invalid } = await revertBy(api, { ...record, probePod: 'migratorydata-0' });
    expect([done, invalid]).toEqual([false, [expect.stringContaining('pod migratorydata-0 is the probe')]]);
    expect(cluster.get(`${pods}/migratorydata-0`)).toBeDefined();
  });
});
