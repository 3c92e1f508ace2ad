import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { accountForMessages } from '../../../../src/chaos/measurement/message-accounting.js';
import { readHistory } from '../../../../src/chaos/measurement/message-history.js';
import type { MilestonesRecord } from '../../../../src/journal/experiment-record.js';
import { experimentOf, expectReverted } from '../support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from '../support/kubeconfig-job.js';
import { generousLimits } from '../support/limits.js';
import type { Inputs } from '../support/steps.js';
import { useLab } from '../support/use-lab.js';

const namespace = 'migratory';

/** Three members behind a load balancer, with the REST interface: what a user reads when everything succeeds. */
describe('an experiment that is measured', () => {
  let job: KubeconfigJob;

  const chaos = (experiments: string, more: Inputs = {}): Inputs => ({
    ...{ operation: 'chaos', experiments, steady: '1s', hold: '1s', rest: 'true' },
    ...generousLimits,
    ...more,
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass({ operation: 'deploy', rest: 'true' });
  });

  it('baseline: injects no fault and measures no failure for two minutes, at a stated resolution', async () => {
    const step = await job.pass(chaos('baseline', { 'min-availability': '10' }));
    const { verdict, measurement, reason } = experimentOf(step);
    expect(reason).toMatch(/; judged by connections, messages produced, messages read\.$/);
    expect([measurement?.produced?.failed, measurement?.read?.failed]).toEqual([0, 0]);
    expect([verdict, measurement?.probe.failed, measurement?.messages?.lost]).toEqual(['pass', 0, 0]);
    expect(measurement?.resolutionMs).toBeGreaterThanOrEqual(500);
    expect(step.main.outputs).toMatchObject({ 'outage-ms': '0', 'degraded-ms': '0', availability: '100' });
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('baseline, five times: has median, worst and spread, and is compared with the report of an earlier step', async () => {
    const earlier = await job.pass(chaos('baseline', { repeat: '5' }));
    expect(earlier.report.experiments.map(({ run, verdict }) => [run, verdict])).toEqual(
      [1, 2, 3, 4, 5].map(run => [run, 'pass']),
    );
    expect(earlier.report.repetitions).toMatchObject([{ planned: 5, counted: 5, verdict: 'pass', notCounted: [] }]);
    const path = join(earlier.reports, 'report.json');
    const step = await job.pass(chaos('baseline', { repeat: '5', 'baseline-report': path }));
    const [repetition] = step.report.repetitions ?? [];
    expect(repetition?.comparison).toMatchObject({ counted: 5, numbers: { outageMs: { result: 'within-spread' } } });
    expect(repetition?.comparison).not.toHaveProperty('notCompared');
    expect(step.main.summary).toContain('**Verdict:** baseline **pass** (5 of 5 runs count).');
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('a list of experiments runs in order, each with its verdict and its timeline', async () => {
    const step = await job.pass(chaos('drain,pod-kill'));
    const [drain, kill] = step.report.experiments;
    expect([drain?.name, drain?.verdict, kill?.name, kill?.verdict]).toEqual(['drain', 'pass', 'pod-kill', 'pass']);
    expect(drain?.facts).toMatchObject({
      ...{ plan: 'surge', allowedDisruptionsBefore: 0, allowedDisruptionsDuring: 1, allowedDisruptionsAfter: 0 },
    });
    for (const record of [drain, kill]) {
      const { recoveryMs, recoveryFrom, ...others } = record?.measurement?.milestones as MilestonesRecord;
      expect([recoveryMs, ...Object.values(others)]).not.toContain(null);
      expect([recoveryFrom, record?.measurement?.fault?.by]).toEqual([
        'fault',
        expect.stringMatching(/acceptance|failure/),
      ]);
      // The last member is Ready when the service has recovered; pod-kill ends with a second death of the member.
      expect(Number(recoveryMs)).toBeGreaterThanOrEqual(Number(others.readyMs));
      expect(Number(record?.putBack?.restorationMs)).toBeGreaterThanOrEqual(0);
      const { acked, lost, readings } = record?.measurement?.messages ?? {};
      expect([Number(acked) > 10, lost, Number(readings) > 3]).toEqual([true, 0, true]);
      // The members on the node lose their connections as well.
      expect(record?.measurement?.clients.broken).toBeGreaterThan(0);
    }
    const history = await readFile(join(step.reports, 'messages-1-drain.jsonl.gz'));
    const counts = accountForMessages(readHistory(gunzipSync(history).toString('utf8')));
    expect(drain?.measurement?.messages).toMatchObject(counts);
    const svg = await readFile(join(step.reports, 'timeline-1-drain.svg'), 'utf8');
    expect(svg).toContain('class="cordoned"');
    expect(step.main.summary).toContain('**Verdict:** drain **pass**, pod-kill **pass**.');
    expect(step.main.summary).toContain('```mermaid\ngantt\n  title drain');
    expect(await readFile(join(step.reports, 'report.xml'), 'utf8')).toContain(
      'classname="chaos.experiments.pod-kill"',
    );
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('rolling: drains each node in turn, and delivers a message in between', async () => {
    const before = await job.objects.members(namespace);
    const nodes = new Set(before.map(({ spec }) => spec.nodeName)).size;
    const step = await job.pass(chaos('rolling'));
    expect(experimentOf(step)).toMatchObject({ verdict: 'pass', facts: { nodes, plan: 'surge' } });
    // Also between two seeds that share a node, as the members move.
    expect(step.main.log.match(/A message was accepted in/g)?.length).toBeGreaterThanOrEqual(nodes - 1);
    const after = await job.objects.members(namespace);
    expect(after.filter(({ metadata }) => before.some(old => old.metadata.uid === metadata.uid))).toEqual([]);
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('quorum-loss: the cluster refuses messages, and accepts them again', async () => {
    const step = await job.pass(chaos('quorum-loss', { hold: '3s' }));
    const { verdict, measurement, assertions } = experimentOf(step);
    expect([verdict, Number(measurement?.messages?.refused) > 3]).toEqual(['pass', true]);
    expect(measurement?.milestones.recoveryFrom).toBe('revert');
    expect(assertions.map(({ name }) => name)).toContain('seen-unavailable');
    expect(step.main.outputs['outage-ms']).toBeUndefined();
    await expectReverted(job.cluster, job.objects, namespace, 3);
  });

  it('says that message loss was not measured when it was not, and reports no number', async () => {
    const step = await job.pass(chaos('baseline', { rest: 'false' }));
    expect(step.main.outputs['lost-messages']).toBeUndefined();
    expect(experimentOf(step).measurement?.messages).toBeUndefined();
    expect(experimentOf(step).reason).toContain('judged by connections only');
    expect(step.main.summary).toContain('message loss not measured');
  });
});
