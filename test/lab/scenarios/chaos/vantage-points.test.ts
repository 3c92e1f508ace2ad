import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SimulatedCluster } from '../../lab.js';
import { experimentOf, expectReverted } from '../support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from '../support/kubeconfig-job.js';
import { generousLimits } from '../support/limits.js';
import { openFront } from '../support/new-connections.js';
import type { Inputs } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';

/** Which part of the way between runner and members has failed. */
describe('an experiment in which clients fail', () => {
  let job: KubeconfigJob<SimulatedCluster>;

  const chaos = (more: Inputs = {}): Inputs => ({
    ...{ operation: 'chaos', experiments: 'baseline', steady: '2s', hold: '8s', rest: 'false' },
    ...generousLimits,
    ...more,
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass({ operation: 'deploy', rest: 'true' });
  });

  it('is inconclusive when new connections of the runner fail and open ones continue', async () => {
    const text = await readFile(job.cluster.kubeconfig, 'utf8');
    const port = /server: https:\/\/127\.0\.0\.1:(\d+)/.exec(text)?.[1] ?? '';
    const front = await openFront(Number(port));
    const kubeconfig = join(job.folder, 'through-front');
    await writeFile(kubeconfig, text.replace(`127.0.0.1:${port}`, `127.0.0.1:${front.port}`));
    try {
      const step = await job.start(chaos({ kubeconfig, 'max-outage': '2s' }));
      await step.logged('The fault is held.');
      front.refuse();
      job.cluster.workload.balancer.setFault({ kind: 'blackhole', durationMs: 4_000 });
      expect((await step.ended).code).toBe(1);
      const { verdict, reason, measurement } = experimentOf({ report: await step.report() });
      expect([verdict, reason]).toEqual(['inconclusive', expect.stringContaining('the runner may be the cause')]);
      expect(reason).not.toContain('watch');
      expect([measurement?.probe.outageMs, measurement?.control.failed].every(value => Number(value) > 4)).toBe(true);
    } finally {
      await front.stop();
    }
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('names the load balancer when all members answer through the API server', async () => {
    const step = await job.start(chaos({ 'max-outage': '2s' }));
    await step.logged('The fault is held.');
    job.cluster.workload.balancer.setFault({ kind: 'blackhole', durationMs: 4_000 });
    expect((await step.ended).code).toBe(1);
    const { verdict, measurement } = experimentOf({ report: await step.report() });
    const { probe, answers, failedAt } = measurement ?? {};
    expect(verdict).toBe('fail');
    expect(answers?.map(({ name, failed }) => [name, failed])).toEqual(
      [0, 1, 2].map(ordinal => [`migratorydata-${ordinal}`, 0]),
    );
    expect(answers?.every(({ attempts }) => attempts > 5)).toBe(true);
    expect(failedAt).toEqual({ runner: 0, node: 0, member: 0, loadBalancer: probe?.failed, unknown: 0 });
    expect(Number(probe?.failed)).toBeGreaterThan(4);
  });

  it('names the members that do not answer through the API server either', async () => {
    const step = await job.start(chaos());
    await step.logged('The fault is held.');
    // Each connection goes to a random member: of twelve attempts, none reaches two of three once in half a million runs.
    const hanging = ['migratorydata-1', 'migratorydata-2'].map(name => job.cluster.workload.members.get(name).switches);
    for (const switches of hanging) switches.fault = 'hang';
    await sleep(6_000);
    for (const switches of hanging) switches.fault = 'none';
    expect((await step.ended).code).toBe(0);
    const { probe, answers, failedAt } = experimentOf({ report: await step.report() }).measurement ?? {};
    expect(answers?.map(({ failed }) => failed > 0)).toEqual([false, true, true]);
    expect(failedAt).toMatchObject({ member: probe?.failed, loadBalancer: 0 });
    expect(Number(probe?.failed)).toBeGreaterThan(0);
  });
});
