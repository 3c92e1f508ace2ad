import { describe, expect, it } from '@jest/globals';
import { secondSignalMs } from '../support/step-process.js';
import { startGitHub } from './support/github.js';
import { type Job, type Main, startJob } from './support/job.js';
import { complaintsOf, type Environment, eventOf, failToDeploy, inputsFor, number } from './support/pull-request.js';
import { startUntil } from './support/start-until.js';

describe('a GitHub that refuses or does not respond', () => {
  const permission = 'the job, or the token in github-token, needs `permissions: pull-requests: write`';

  // The words for other answers are in refusal.test.ts.
  it.each([
    [403, `GitHub answered 403 (Resource not accessible by integration): ${permission}.`],
    [500, 'GitHub answered 500 (Server Error). The outcome of the step does not change; the next run tries again.'],
  ] as const)('with %d is a warning, and the step stays green', async (status, why) => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/^POST/, status);
    const main = await job.run(inputsFor(job, 'always'), { env: await eventOf(job, github) });
    expect([main.code, main.outputs['outcome'], main.outputs['error-code'] ?? '']).toEqual([0, 'success', '']);
    expect(complaintsOf(main)).toEqual([`The comment on pull request ${number} could not be written. ${why}`]);
    expect(main.annotations.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('names the fork when it is the reason', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/^POST/, 403);
    const sides = { head: { repo: { full_name: 'mona/shop' } }, base: { repo: { full_name: 'acme/shop' } } };
    const main = await job.run(inputsFor(job, 'always'), { env: await eventOf(job, github, sides) });
    expect(complaintsOf(main)[0]).toContain('; this pull request comes from a fork, whose runs get a read-only token');
  });

  it('cannot be reached: a warning', async () => {
    await using job = await startJob();
    const github = await startGitHub();
    const env = await eventOf(job, github);
    await github[Symbol.asyncDispose]();
    const main = await job.run(inputsFor(job, 'always'), { env });
    expect([main.code, complaintsOf(main)]).toEqual([0, [expect.stringContaining('ECONNREFUSED')]]);
  });

  it('does not hide why the step failed', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/./, 500);
    const main = await failToDeploy(job, 'always', await eventOf(job, github));
    expect(main.annotations.filter(({ level }) => level === 'error')).toMatchObject([{ title: 'image-pull' }]);
    expect(complaintsOf(main)).toHaveLength(1);
  });

  it('delays the step by ten seconds at most', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/./, 'hang');
    const main = await job.run(inputsFor(job, 'always'), { env: await eventOf(job, github) });
    expect([main.code, complaintsOf(main)]).toEqual([
      0,
      [expect.stringContaining('could not be written. GitHub did not respond within 10 s.')],
    ]);
  });
});

describe('a cancelled step', () => {
  /** Cancels a deployment while it waits for its members. */
  async function cancelDeployment(job: Job, env: Environment): Promise<Main> {
    job.kubernetes.behaviour.podReadyMs = 3_600_000;
    const running = await startUntil(job, inputsFor(job, 'on-failure'), 'of 3 members are Ready', { env });
    running.cancel();
    return running.ended;
  }

  it('reports to the pull request', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    const main = await cancelDeployment(job, await eventOf(job, github));
    expect([main.code, main.outputs['outcome']]).toEqual([1, 'cancelled']);
    expect(github.comments).toMatchObject([
      { on: number, body: expect.stringContaining('deploy was cancelled after') },
    ]);
  });

  it('ends in time, with its reports, when GitHub does not respond', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/./, 'hang');
    const main = await cancelDeployment(job, await eventOf(job, github));
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect([main.code, main.report.outcome, main.summary]).toEqual([
      1,
      'cancelled',
      expect.stringContaining('deploy was cancelled after'),
    ]);
    expect(complaintsOf(main)).toEqual([
      `The comment on pull request ${number} could not be written. GitHub did not respond before the cancelled step had to end. The outcome of the step does not change; the next run tries again.`,
    ]);
  });

  it('stays successful when it is cancelled while it comments on a success', async () => {
    await using job = await startJob();
    await using github = await startGitHub();
    github.fail(/./, 'hang');
    const running = await job.start({ inputs: inputsFor(job, 'always'), env: await eventOf(job, github) });
    await github.called(/^GET/);
    running.cancel();
    const main = await running.ended;
    expect(main.cancelMs).toBeLessThan(secondSignalMs);
    expect([main.code, main.outputs['outcome'], complaintsOf(main).length]).toEqual([0, 'success', 1]);
  });
});
