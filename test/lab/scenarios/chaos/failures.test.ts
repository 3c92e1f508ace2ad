import { afterAll, describe, expect, it } from '@jest/globals';
import type { Node } from '../../../../src/kubernetes/api/types.js';
import { killApiServer } from '../../cluster/api-server.js';
import type { SimulatedCluster } from '../../lab.js';
import { experimentOf, expectReverted } from '../support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from '../support/kubeconfig-job.js';
import { generousLimits } from '../support/limits.js';
import type { Inputs, StepResult } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';
/** What a user reads when an experiment does not pass. The cluster is healthy again after each scenario. */
describe('an experiment that does not pass', () => {
  let job: KubeconfigJob<SimulatedCluster>;

  const chaos = (experiments: string, more: Inputs = {}): Inputs => ({
    ...{ operation: 'chaos', experiments, steady: '1s', hold: '8s', rest: 'true' },
    ...generousLimits,
    ...more,
  });
  /** Runs a step that must fail, and disturbs it while the fault is held. */
  const failWhileHeld = async (inputs: Inputs, disturb: () => void | Promise<void>): Promise<StepResult['report']> => {
    const step = await job.start(inputs);
    await step.logged('The fault is held.');
    await disturb();
    const ended = await step.ended;
    expect(ended.code).toBe(1);
    const post = await step.post();
    expect(post.code).toBe(0);
    return step.report();
  };

  afterAll(() => {
    job.cluster.workload.members.setMessageFaults({});
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass({ operation: 'deploy', rest: 'true' });
  });

  it('injects nothing when clients fail already', async () => {
    job.cluster.workload.balancer.setFault({ kind: 'blackhole' });
    const step = await job.fail(chaos('drain', { rest: 'false' }));
    job.cluster.workload.balancer.setFault({ kind: 'none' });
    const { verdict, reason } = experimentOf(step);
    expect(verdict).toBe('aborted');
    expect(reason).toMatch(/^Before the fault \d+ of \d+ connections failed, .*nothing was injected/);
    expect(step.report.calls.some(({ path }) => path.includes('eviction'))).toBe(false);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('fails when no client can connect for too long, and reports the length of the outage', async () => {
    const outageMs = 4_000;
    const report = await failWhileHeld(chaos('baseline', { 'max-outage': '2s' }), () => {
      job.cluster.workload.balancer.setFault({ kind: 'blackhole', durationMs: outageMs });
    });
    const { verdict, reason, measurement } = experimentOf({ report });
    expect(verdict).toBe('fail');
    expect(reason).toMatch(/^Outage: \d\.\ds.* but at most 2\.0s/);
    // One interval, plus the lateness that the verdict accepts. The bench on accuracy checks it to 50 ms.
    expect(Math.abs((measurement?.probe.outageMs ?? 0) - outageMs)).toBeLessThanOrEqual(500 + 1_000);
  });

  it('distinguishes an outage of some connections from an outage of all', async () => {
    // A third of many attempts, so that a long time without a failure is improbable.
    const limits = { 'max-degraded': '1s', 'probe-interval': '100ms' };
    const report = await failWhileHeld(chaos('baseline', limits), () => {
      job.cluster.workload.balancer.setFault({ kind: 'blackhole', share: 1 / 3, durationMs: 5_000 });
    });
    const { probe } = experimentOf({ report }).measurement ?? {};
    const [degraded, unavailable, outage] = [probe?.degradedMs, probe?.unavailableSeconds, probe?.outageMs].map(Number);
    // The bench on accuracy checks the duration and the share of the failures.
    expect(degraded).toBeGreaterThan(1_000);
    expect(unavailable).toBeGreaterThan(0);
    expect(unavailable).toBeLessThan(0.9 * (Number(degraded) / 1_000));
    expect(outage).toBeLessThan(Number(degraded) / 2);
  });

  it('touches no further node when no client can connect any more', async () => {
    const limits = { 'max-outage': '2s', 'member-pause': '20s', rest: 'false' };
    const step = await job.start(chaos('rolling', limits));
    await step.logged('was drained and is schedulable again');
    job.cluster.workload.balancer.setFault({ kind: 'blackhole' });
    await step.logged('No connection has succeeded for 6.0s.');
    job.cluster.workload.balancer.setFault({ kind: 'none' });
    expect((await step.ended).code).toBe(1);
    const report = await step.report();
    const { verdict, reason, facts } = experimentOf({ report });
    expect([verdict, facts['injectionCutShort']]).toEqual(['fail', true]);
    expect(reason).toMatch(/^The injection was stopped: no connection has succeeded for 6\.0s; outage: /);
    const drained = report.phases.flatMap(({ notes }) => notes).filter(note => note.includes('was drained'));
    expect(drained).toHaveLength(1);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('fails when the recovery takes too long, and reports the limit', async () => {
    const limits = { 'max-recovery': '15s', steady: '2s', hold: '1s' };
    const report = await failWhileHeld(chaos('drain', limits), () => {
      job.cluster.workload.balancer.setFault({ kind: 'blackhole' });
    });
    job.cluster.workload.balancer.setFault({ kind: 'none' });
    const { verdict, reason } = experimentOf({ report });
    expect(verdict).toBe('fail');
    // No connection succeeds in this time, so the availability may be reported as well.
    expect(reason).toMatch(/recovery: not recovered in that time, but at most 15s/i);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('keeps the measurements when a member does not recover, reverts, and continues with the next experiment', async () => {
    const more = { 'max-recovery': '15s', steady: '4s', hold: '1s', rest: 'false' };
    const target = (await job.objects.members(namespace))[0]?.spec.nodeName ?? '';
    const { items } = await job.cluster.api.list<Node>('/api/v1/nodes');
    const others = items.map(({ metadata }) => metadata.name).filter(name => name !== target);
    const cordon = (unschedulable: true | null): Promise<unknown> =>
      Promise.all(others.map(name => job.cluster.api.patch(`/api/v1/nodes/${name}`, { spec: { unschedulable } })));
    const step = await job.start({ ...chaos('drain,baseline', more), 'target-node': target });
    await step.logged('before the fault');
    await cordon(true);
    await step.logged('members did not reach the desired state within');
    await cordon(null);
    const ended = await step.ended;
    const { experiments } = await step.report();
    expect(experiments.map(({ name, verdict, reason }) => [name, verdict, reason])).toEqual([
      ['drain', 'fail', expect.stringMatching(/^The members did not reach the desired state within \d+ s: /)],
      ['baseline', 'pass', expect.any(String)],
    ]);
    expect([ended.code, ended.outputs['verdict'], ended.outputs['error-code']]).toEqual([
      1,
      'fail',
      'recovery-timeout',
    ]);
    const [drain] = experiments;
    // Two per second, during the wait for the recovery.
    expect(drain?.measurement?.probe.attempts).toBeGreaterThan(15);
    expect(drain?.putBack).toMatchObject({ done: true, left: [] });
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it.each([
    ['lost', { drop: { everyNth: 5 } }, 'fail'],
    ['twice', { duplicate: { everyNth: 5 } }, 'pass'],
    ['out of order', { reorder: { everyNth: 5 } }, 'pass'],
  ] as const)('counts messages that come %s as often as they did', async (_what, faults, verdict) => {
    const { members } = job.cluster.workload;
    const from = members.messages.length;
    members.setMessageFaults(faults);
    const step = await job.run(chaos('baseline', { hold: '3s' }));
    members.setMessageFaults({});
    const fates = members.messages.slice(from);
    // No later message can overtake the last one.
    const told = fates.filter(({ fate }, index) => fate !== 'reordered' || index < fates.length - 1);
    const fated = (fate: string): number => told.filter(message => message.fate === fate).length;
    const { messages } = experimentOf(step).measurement ?? {};
    expect(experimentOf(step).verdict).toBe(verdict);
    expect([messages?.lost, messages?.duplicated, messages?.reordered, messages?.unexpected]).toEqual([
      ...[fated('dropped'), fated('duplicated'), fated('reordered'), 0],
    ]);
    expect(fated('dropped') + fated('duplicated') + fated('reordered')).toBeGreaterThan(2);
  });

  it('is inconclusive when it could not observe the cluster for some time', async () => {
    const report = await failWhileHeld(chaos('drain', { rest: 'false' }), async () => {
      const restart = await killApiServer(job.cluster.controlPlane.folder);
      restart();
    });
    const { verdict, reason } = experimentOf({ report });
    expect(verdict).toBe('inconclusive');
    expect(reason).toMatch(/the watch of kind \w+ received nothing for \d+ ms/);
    await job.objects.untilReady(namespace, 3);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });
});
