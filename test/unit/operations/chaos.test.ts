import { describe, expect, it } from '@jest/globals';
import { chaosOperation } from '../../../src/operations/chaos.js';
import { requestFor } from '../inputs/read.js';
import { onKubeconfig, OperationBench } from './support.js';

const taken = 'POST leases (lock)';
const givenBack = 'DELETE leases/migratorydata-aks (lock)';
/** An experiment also holds the lock on the nodes. */
const [nodesTaken, nodesGivenBack] = [
  'POST namespaces/default/leases (lock, lock)',
  'DELETE namespaces/default/leases/migratorydata-aks-nodes (lock, lock)',
];
const written = 'POST configmaps (experiment, lock, lock)';
const removed = 'DELETE configmaps/migratorydata-aks-mark (experiment, lock, lock)';
const settings = { ...onKubeconfig, steady: '1s', hold: '2s', 'probe-interval': '100ms', 'max-recovery': '1m' };
/** Without a limit of the availability, no time is spent on measuring it. */
const quick = { ...settings, 'min-availability': '0' };
const baseline = { ...quick, experiments: 'baseline' };
const two = { ...quick, experiments: 'baseline,drain', 'when-blocked': 'bypass' };

describe('chaos', () => {
  it('has an entry for the experiment in the undo log before the record is written, until it is removed', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    expect(await bench.run('chaos', { ...baseline, 'min-availability': '95' })).toBeUndefined();
    const held = ['a', 'b', 'c'].map(node => `PATCH nodes/${node} (experiment, lock, lock)`);
    expect(bench.steps).toEqual([taken, nodesTaken, written, ...held, ...held, removed, nodesGivenBack, givenBack]);
    expect([bench.phases(), bench.left()]).toEqual([['chaos-baseline passed'], []]);
    const outputs = ['verdict', 'outage-ms', 'recovery-ms', 'availability', 'lost-messages'];
    expect(outputs.map(name => bench.output(name))).toEqual(['pass', 0, 0, 100, undefined]);
    // One second before the fault, and two minutes for the availability after it, which the hold has begun.
    expect(bench.clock.now()).toBe(121_000);
  });

  it('runs one experiment after the other, each with a record of its own', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    expect(await bench.run('chaos', two)).toBeUndefined();
    expect(bench.phases()).toEqual(['chaos-baseline passed', 'chaos-drain passed']);
    const records = bench.steps.filter(step => step.includes('configmaps') && !step.startsWith('PATCH'));
    expect(records).toEqual([written, removed, written, removed]);
    expect(bench.context.journal.report.experiments.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['baseline', 'pass'],
      ['drain', 'pass'],
    ]);
  });

  it('runs the next experiment after one that fails and is reverted, and passes the only error on', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    bench.failAt(written);
    const error = await bench.run('chaos', { ...two, experiments: 'baseline' });
    expect([error?.code, bench.output('verdict'), bench.left()]).toEqual(['api-forbidden', 'fail', []]);
    expect([bench.phases(), bench.steps.at(-1)]).toEqual([['chaos-baseline failed'], givenBack]);
  });

  it('says of several verdicts that are no pass which they are, each with its reason', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    bench.failAt('POST configmaps');
    const error = await bench.run('chaos', two);
    expect(error?.code).toBe('verdict-failed');
    expect(error?.message).toMatch(/^The verdict is fail\. baseline: .* drain: /);
    expect(bench.phases()).toEqual(['chaos-baseline failed', 'chaos-drain failed']);
    expect(bench.context.journal.report.errors.map(({ phase }) => phase)).toEqual(['chaos-drain', 'chaos-baseline']);
  });

  it('is inconclusive, with the reasons, when each experiment was skipped', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    const error = await bench.run('chaos', { ...two, experiments: 'rolling' });
    expect([error?.code, bench.output('verdict'), bench.left()]).toEqual(['verdict-failed', 'inconclusive', []]);
    expect(error?.message).toMatch(/^The verdict is inconclusive because no experiment .*\. rolling: rolling respects/);
    expect(bench.phases()).toEqual(['chaos-rolling passed']);
    expect(bench.steps).toEqual([taken, nodesTaken, nodesGivenBack, givenBack]);
  });

  it('has the verdict of what was carried out when another experiment was skipped', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    expect(await bench.run('chaos', { ...two, experiments: 'rolling,baseline' })).toBeUndefined();
    expect(bench.output('verdict')).toBe('pass');
  });

  it('fails by its verdict, with every phase passed, when clients see too long an outage', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    const { answer } = bench.network;
    bench.network.answer = (...request) => {
      const nowMs = bench.clock.now();
      return nowMs >= 1_500 && nowMs < 2_500 ? { status: 503 } : answer(...request);
    };
    const error = await bench.run('chaos', { ...baseline, 'max-outage': '500ms' });
    expect([error?.code, bench.phases()]).toEqual(['verdict-failed', ['chaos-baseline passed']]);
    expect([bench.output('verdict'), bench.output('outage-ms'), bench.left()]).toEqual(['fail', 1_000, []]);
  });

  it('ends the list when an experiment cannot be reverted, and keeps record, lock and entry', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    bench.failAt(removed);
    expect((await bench.run('chaos', two))?.code).toBe('undo-incomplete');
    expect([bench.phases(), bench.output('verdict')]).toEqual([['chaos-baseline failed'], 'fail']);
    expect([bench.left(), bench.steps.at(-1)]).toEqual([['experiment', 'lock', 'lock'], removed]);
  });

  it.each([
    ['while the record is written', 0],
    ['in the hold', 2_500],
  ])('that is cancelled %s leaves the experiment and the lock to the post phase', async (_, atMs) => {
    await using bench = await OperationBench.onDeployment('chaos');
    if (atMs === 0) bench.cancelAt(written);
    else bench.clock.at(atMs, bench.cancel);
    expect((await bench.run('chaos', two))?.code).toBe('cancelled');
    expect([bench.phases(), bench.output('verdict')]).toEqual([['chaos-baseline failed'], 'aborted']);
    expect([bench.left(), bench.clock.now()]).toEqual([['experiment', 'lock', 'lock'], atMs]);
    expect(bench.steps).not.toContain(givenBack);
  });
});

describe('chaos with repeat', () => {
  it('reverts everything between two runs, and has the numbers of all of them', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    expect(await bench.run('chaos', { ...two, repeat: '2' })).toBeUndefined();
    const phases = ['chaos-baseline', 'chaos-baseline-2', 'chaos-drain', 'chaos-drain-2'];
    expect(bench.phases()).toEqual(phases.map(name => `${name} passed`));
    const records = bench.steps.filter(step => step.includes('configmaps') && !step.startsWith('PATCH'));
    expect(records).toEqual([written, removed, written, removed, written, removed, written, removed]);
    const { experiments, repetitions } = bench.context.journal.report;
    expect(experiments.map(({ name, run }) => [name, run])).toEqual([
      ['baseline', 1],
      ['baseline', 2],
      ['drain', 1],
      ['drain', 2],
    ]);
    expect(repetitions).toMatchObject([
      { experiment: 'baseline', planned: 2, counted: 2, verdict: 'pass', numbers: { outageMs: { values: [0, 0] } } },
      { experiment: 'drain', planned: 2, counted: 2, verdict: 'pass', numbers: { recoveryMs: {} } },
    ]);
  });

  it('has the worst verdict of all runs, and names the run', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    bench.failAt('POST configmaps');
    const error = await bench.run('chaos', { ...baseline, repeat: '3' });
    expect([error?.code, bench.output('verdict')]).toEqual(['verdict-failed', 'fail']);
    expect(error?.message).toMatch(/^The verdict is fail\. baseline, run 1: .* baseline, run 2: .* baseline, run 3: /);
    expect(bench.context.journal.report.repetitions).toMatchObject([
      { planned: 3, counted: 0, verdict: 'fail', notCounted: [{ run: 1 }, { run: 2 }, { run: 3 }], numbers: {} },
    ]);
  });

  it('does not count the run that was cancelled, makes no more, and leaves its revert to the post phase', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    let runs = 0;
    const { answer } = bench.network;
    bench.network.answer = (...request) => {
      runs = bench.phases().length;
      if (runs === 2) bench.cancel();
      return answer(...request);
    };
    expect((await bench.run('chaos', { ...baseline, repeat: '3' }))?.code).toBe('cancelled');
    expect([runs, bench.output('verdict'), bench.left()]).toEqual([2, 'aborted', ['experiment', 'lock', 'lock']]);
    expect(bench.context.journal.report.repetitions).toMatchObject([
      { planned: 3, counted: 1, verdict: 'aborted', notCounted: [{ run: 2, verdict: 'aborted' }] },
    ]);
  });

  it('warns of what got worse than in an earlier report', async () => {
    await using bench = await OperationBench.onDeployment('chaos');
    const { answer } = bench.network;
    let run = { phases: 0, startMs: 0 };
    bench.network.answer = (...request) => {
      if (bench.phases().length > run.phases) run = { phases: bench.phases().length, startMs: bench.clock.now() };
      const atMs = bench.clock.now() - run.startMs;
      return atMs >= 1_500 && atMs < 2_500 ? { status: 503 } : answer(...request);
    };
    const request = requestFor('chaos', { ...baseline, repeat: '5' });
    const runs = Array.from({ length: 5 }, () => {
      return { experiment: 'baseline', numbers: { outageMs: { value: 0, resolution: 100 } } };
    });
    const chaos = { ...request.chaos, baseline: { path: 'old.json', runs } };
    await chaosOperation.run(bench.context, { ...request, chaos });
    expect(bench.context.journal.report.warnings.slice(1)).toEqual([
      expect.stringMatching(/^baseline got worse than in old\.json, .*: outage 0ms -> 1\.0s \(medians\)\.$/),
    ]);
  });
});
