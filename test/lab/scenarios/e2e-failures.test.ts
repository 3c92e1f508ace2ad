import { describe, expect, it } from '@jest/globals';
import type { Lab } from '../lab.js';
import { inventory, startAzureJob } from './support/azure-job.js';
import { objectsOf } from './support/objects.js';
import type { Inputs, RunningStep, Steps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';

/**
 * An experiment cannot be reverted because a member does not recover, in a cluster whose deletion makes the revert
 * needless.
 */
describe('an e2e that leaves an experiment which cannot be reverted', () => {
  let lab: Lab;

  const drain: Inputs = {
    ...{ operation: 'e2e', experiments: 'drain', 'scale-to': '3', steady: '1s', 'probe-interval': '100ms' },
    ...{ hold: '1s', 'min-availability': '0', 'max-recovery': '5s', 'verify-timeout': '45s' },
  };
  /** From here on, no lost member recovers: the namespace may hold no more pods, and one of them is deleted. */
  const loseMember = async (): Promise<void> => {
    const { api } = lab.cluster('aks-migratorydata');
    const quota = { metadata: { name: 'full' }, spec: { hard: { pods: '0' } } };
    await api.request('POST', `/api/v1/namespaces/${namespace}/resourcequotas`, quota);
    const [member] = await objectsOf(api).members(namespace);
    await api.request('DELETE', `/api/v1/namespaces/${namespace}/pods/${member?.metadata.name ?? ''}`);
  };
  const startDrain = async (job: Steps, more: Inputs): Promise<RunningStep> => {
    const step = await job.start({ ...drain, ...more });
    await step.logged('The fault is held.');
    await loseMember();
    return step;
  };
  const expectNothingLeft = async (): Promise<void> => {
    await lab.azure.idle();
    expect(inventory(lab)).toEqual({ groups: [], clusters: [] });
  };

  useLab(started => {
    lab = started;
  });

  it('deletes the cluster first, and reverts nothing in it', async () => {
    const step = await startDrain(await startAzureJob(lab, { ownLogin: true }), {});
    const main = await step.ended;
    const { phases, commands, calls, pending, errors, experiments } = await step.report();
    const cleanUp = phases.find(({ name }) => name === 'clean-up');
    const since = <T extends { readonly startedMs: number }>(records: readonly T[]): readonly T[] =>
      records.filter(({ startedMs }) => startedMs >= (cleanUp?.startedMs ?? Infinity));
    // Nothing but the deletion comes after the main work, with the token that the step has.
    expect(since(commands)).toEqual([]);
    expect(since(calls).map(({ api }) => api)).not.toContain('kubernetes');
    expect(since(calls).filter(({ method }) => method !== 'GET')).toMatchObject([
      { method: 'DELETE', path: expect.stringContaining('/resourceGroups/rg-migratorydata-4711-check-0?') },
    ]);
    expect(cleanUp).toMatchObject({
      status: 'passed',
      notes: [
        expect.stringMatching(/^Resource group rg-migratorydata-4711-check-0 is being deleted: /),
        'The changes of this step in the cluster are deleted with it and not reverted.',
      ],
    });
    expect([main.code, main.outputs['outcome'], pending]).toEqual([1, 'failure', []]);
    expect(errors.map(({ phase, code }) => [phase, code])).toEqual([['chaos-drain', 'undo-incomplete']]);
    expect(experiments).toMatchObject([{ verdict: 'fail', putBack: { done: false } }]);
    // Where the scheduler has placed the seeds decides whether their spread is left as well.
    expect(experiments[0]?.putBack?.left.at(-1)).toContain('the number of members was not restored to 3');
    const post = await step.post();
    expect([post.code, post.annotations, post.summary]).toEqual([0, [], '']);
    await expectNothingLeft();
  }, 400_000);

  it('deletes the cluster first in its post phase when it was killed', async () => {
    const job = await startAzureJob(lab, { ownLogin: true, runId: '4712' });
    const step = await startDrain(job, { hold: '10m', 'max-recovery': '15m' });
    step.kill();
    await step.ended;
    const before = lab.azure.requests().length;
    const post = await step.post();
    expect([post.code, post.annotations]).toEqual([0, []]);
    expect(post.log).toContain('az group delete');
    expect(post.log).not.toContain('kubectl');
    expect(post.summary).toContain('Resource group rg-migratorydata-4712-check-0 is being deleted: ');
    expect(post.summary).toContain('The changes of this step in the cluster are deleted with it and not reverted.');
    const changes = lab.azure
      .requests()
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && !path.endsWith('/token'));
    expect(changes.map(({ method }) => method)).toEqual(['DELETE']);
    await expectNothingLeft();
  }, 400_000);
});
