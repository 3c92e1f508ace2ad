import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectReverted, experimentOf } from '../support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from '../support/kubeconfig-job.js';
import { generousLimits } from '../support/limits.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';

/** The disruptions that the budget allows, by number of members: three members must stay. */
const allowed = { 3: 0, 4: 1, 5: 2 } as const;
const modes = ['surge', 'expect-blocked', 'bypass', 'fail'] as const;

/** Returns the outcome of a mode when the budget allows so many disruptions: the executed plan, or the error. */
function expected(mode: (typeof modes)[number], disruptions: number): string {
  if (mode === 'bypass') return 'bypass';
  if (mode === 'expect-blocked') return disruptions === 0 ? 'expect-blocked' : 'disruption-allowed';
  if (disruptions > 0) return 'evict';
  return mode === 'surge' ? 'surge' : 'disruption-blocked';
}

/** A drain in each mode, with each number of members of the deployment, and an autoscaler; drain.test.ts has none. */
describe('a drain', () => {
  let job: KubeconfigJob;

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
  });

  const drainIn = async (mode: string, members: 3 | 4 | 5): Promise<void> => {
    await job.objects.untilDisruptionsAllowed(namespace, allowed[members]);
    const step = await job.run({
      ...{ operation: 'chaos', experiments: 'drain', hold: '0s', steady: '0s', ...generousLimits },
      ...{ 'when-blocked': mode, 'service-type': 'node-port' },
    });
    const { verdict, facts } = experimentOf(step);
    const disruptions = allowed[members];
    const outcome = expected(mode as (typeof modes)[number], disruptions);
    const refused = outcome.startsWith('disruption');
    expect([step.main.outputs['error-code'] ?? '', step.main.code, step.post.code]).toEqual(
      refused ? [outcome, 1, 0] : ['', 0, 0],
    );
    expect(verdict).toBe(refused ? 'fail' : 'pass');
    if (!refused) {
      expect(facts).toMatchObject({
        plan: outcome,
        allowedDisruptionsBefore: disruptions,
        allowedDisruptionsAfter: disruptions,
      });
    }
    await job.objects.untilReady(namespace, members);
    await expectReverted(job.cluster, job.objects, namespace, members);
  };

  describe.each([3, 4, 5] as const)('of one of %i members', members => {
    const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/migratorydata-autoscale`;
    /** The autoscaler would choose three members by itself: these bounds hold the number of the scenario. */
    const bounds = { minReplicas: members, maxReplicas: 5 };

    beforeAll(async () => {
      await job.pass({ operation: 'scale', 'scale-to': String(members), 'service-type': 'node-port' });
      await job.pass({ operation: 'autoscale', 'service-type': 'node-port' });
      await job.cluster.api.patch(path, { spec: bounds });
    });

    afterAll(async () => {
      await job.cluster.api.request('DELETE', path);
    });

    it.each(modes)('when-blocked %s', async mode => {
      await drainIn(mode, members);
      expect((await job.objects.autoscaler(namespace)).spec).toMatchObject(bounds);
    });
  });
});
