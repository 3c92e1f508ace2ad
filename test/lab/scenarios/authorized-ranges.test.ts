import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Tags } from '../../../src/azure/ownership/tags.js';
import type { Lab } from '../lab.js';
import { logIn, startAzureJob } from './support/azure-job.js';
import type { Steps } from './support/steps.js';
import { useLab } from './support/use-lab.js';

// az accepts global addresses only; none of these is called.
const user = '20.0.0.0/24';
const cluster = { 'resource-group': 'ranges', 'cluster-name': 'aks' };
const admit = { operation: 'recover', 'authorized-ip-ranges': 'runner' };

describe('authorized-ip-ranges: runner', () => {
  let lab: Lab;

  useLab(async started => {
    lab = started;
    await logIn(lab);
  });

  /** A job of a run of its own, on a runner with an address of its own. */
  const startJob = (runId: string, address: string, attempt = '1'): Promise<Steps> =>
    startAzureJob(lab, { runId, attempt, env: { MDAKS_RUNNER_ADDRESS: address }, common: cluster });

  /** The ranges of the API server, and the runs in the tags that record them. */
  const read = (): { readonly ranges: readonly string[]; readonly runs: readonly string[] } => {
    const [found] = lab.azure.resources().clusters;
    const profile = found?.more['apiServerAccessProfile'] as { readonly authorizedIPRanges: readonly string[] };
    const tags = Object.entries(found?.tags ?? {}).filter(([key]) => key.startsWith('migratorydata-aks-range-'));
    return {
      ranges: profile.authorizedIPRanges,
      runs: tags.map(([, value]) => /shop\/(\d+)\//.exec(value)?.[1] ?? ''),
    };
  };

  /** Kills a job when its address has been added. */
  const lose = async (job: Steps): Promise<void> => {
    const step = await job.start(admit);
    await step.logged('aks get-credentials');
    step.kill();
    await step.ended;
  };

  /** Lets the time of all claims pass. */
  const expire = (): void => {
    for (const placed of lab.azure.resources().clusters) {
      const tags = Object.entries(placed.tags).map(([key, value]) => [
        key,
        value.replace(/\/32_\d+_/, '/32_1000000000_'),
      ]);
      Object.assign(placed, { tags: Object.fromEntries(tags) as Tags });
    }
  };

  beforeAll(async () => {
    const creator = await startJob('1', '20.1.0.1');
    await creator.pass({ operation: 'create', 'authorized-ip-ranges': user });
  });

  it('loses no address when two jobs add theirs at once, and removes exactly these', async () => {
    const jobs = await Promise.all([startJob('2', '20.1.0.2'), startJob('3', '20.1.0.3')]);
    const steps = await Promise.all(jobs.map(job => job.start(admit)));
    const ended = await Promise.all(steps.map(step => step.ended));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    const { ranges, runs } = read();
    expect([...ranges].sort()).toEqual([user, '20.1.0.2/32', '20.1.0.3/32']);
    expect([...runs].sort()).toEqual(['2', '3']);
    await Promise.all(steps.map(step => step.post()));
    await lab.azure.idle();
    expect(read()).toEqual({ ranges: [user], runs: [] });
  });

  it('replaces the address of a lost runner in a rerun of its job', async () => {
    await lose(await startJob('4', '20.1.0.4'));
    expect(read()).toEqual({ ranges: [user, '20.1.0.4/32'], runs: ['4'] });
    const rerun = await startJob('4', '20.1.0.5', '2');
    await rerun.pass(admit);
    await lab.azure.idle();
    expect(read()).toEqual({ ranges: [user], runs: [] });
  });

  it('keeps the address of an earlier step of the same job in a step without its own', async () => {
    const job = await startJob('5', '20.1.0.5');
    const admitted = await job.start(admit);
    await admitted.ended;
    await job.pass({ operation: 'recover' });
    expect(read()).toEqual({ ranges: [user, '20.1.0.5/32'], runs: ['5'] });
    await admitted.post();
    await lab.azure.idle();
    expect(read()).toEqual({ ranges: [user], runs: [] });
  });

  it('keeps the address of a runner of another run until its job has certainly ended; then recover removes it', async () => {
    await lose(await startJob('6', '20.1.0.6'));
    const rescuer = await startJob('7', '20.1.0.7');
    await rescuer.pass({ operation: 'recover' });
    expect(read()).toEqual({ ranges: [user, '20.1.0.6/32'], runs: ['6'] });
    expire();
    await rescuer.pass({ operation: 'recover' });
    await lab.azure.idle();
    expect(read()).toEqual({ ranges: [user], runs: [] });
  });

  it('leaves the address of a lost runner to sweep as well', async () => {
    await lose(await startJob('8', '20.1.0.8'));
    expire();
    const sweeper = await startJob('9', '20.1.0.9');
    const planned = await sweeper.pass({ operation: 'sweep' });
    expect(planned.main.log).toContain(
      'cluster ranges/aks, which has the ranges of lost runners: 20.1.0.8/32: they would be removed',
    );
    expect(read().ranges).toEqual([user, '20.1.0.8/32']);
    await sweeper.pass({ operation: 'sweep', 'dry-run': 'false' });
    await lab.azure.idle();
    expect(read()).toEqual({ ranges: [user], runs: [] });
    expect(lab.azure.problems()).toEqual([]);
  });
});
