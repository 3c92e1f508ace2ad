import { describe, expect, it } from '@jest/globals';

import { isReady, restartsOf } from '../../src/kubernetes/pods.js';
import type { Pod } from '../../src/kubernetes/api/types.js';
import { experimentOf } from '../lab/scenarios/support/chaos.js';
import { generousLimits } from '../lab/scenarios/support/limits.js';
import type { Inputs, StepResult } from '../lab/scenarios/support/steps.js';
import type { ServerFaults } from '../lab/server/control.js';
import { waitForObjects } from '../lab/wait.js';
import { coordinatorsAmong, readState, setFaults } from './support/server-control.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

const namespace = 'migratory';

/** Servers with a fault of their own, on real nodes: what the action measures is what was injected. */
describe('a server that is faulty', () => {
  let job: RealJob;

  const chaos = (experiments: string, more: Inputs = {}): Inputs => ({
    ...{ operation: 'chaos', experiments, steady: '1s', hold: '8s', rest: 'true' },
    ...{ ...generousLimits, 'probe-interval': '200ms' },
    ...more,
  });
  const members = (): Promise<readonly Pod[]> => job.objects.members(namespace);
  const setAll = async (faults: ServerFaults): Promise<void> => {
    await Promise.all((await members()).map(member => setFaults(member, faults)));
  };
  /** Runs an experiment, and disturbs the members while the fault is held. */
  const runWhileHeld = async (inputs: Inputs, disturb: () => Promise<void>): Promise<StepResult['report']> => {
    const step = await job.start(inputs);
    await step.logged('The fault is held.');
    await disturb();
    await step.ended;
    await step.post();
    return step.report();
  };

  useRealCluster(3, async started => {
    job = started;
    const deployed = { operation: 'deploy', rest: 'true', 'memory-request': '64Mi', 'cpu-request': '100m' };
    await job.pass(deployed);
  });

  it.each([
    ['lost', { drop: { everyNth: 3 } }],
    ['twice', { duplicate: { everyNth: 3 } }],
    ['out of order', { reorder: { everyNth: 3 } }],
  ] as const)('delivers messages %s as often as is counted', async (_, faults) => {
    await setAll(faults);
    const step = await job.run(chaos('baseline'));
    const states = await Promise.all((await members()).map(readState));
    await setAll({});
    const fates = states
      .flatMap(({ messages }) => messages)
      .filter(({ status }) => status === 'OK')
      .toSorted((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
    const fated = (fate: string): number => fates.filter(message => message.fate === fate).length;
    /** Returns the number of held messages that at least `count` later ones overtake. */
    const overtakenBy = (count: number): number =>
      fates.filter(
        ({ fate }, index) =>
          fate === 'reordered' && fates.slice(index + 1).filter(later => later.fate !== 'reordered').length >= count,
      ).length;
    const { verdict, measurement: { messages } = {} } = experimentOf(step);
    expect([messages?.lost, messages?.duplicated, messages?.unexpected]).toEqual([
      ...[fated('dropped'), fated('duplicated'), 0],
    ]);
    // Near the end, fewer than three overtake one: perhaps all of them were sent before it was acknowledged.
    expect(messages?.reordered).toBeGreaterThanOrEqual(overtakenBy(3));
    expect(messages?.reordered).toBeLessThanOrEqual(overtakenBy(1));
    expect(fated('dropped') + fated('duplicated') + fated('reordered')).toBeGreaterThan(2);
    expect(verdict).toBe('drop' in faults ? 'fail' : 'pass');
  });

  it('loses at a takeover what the coordinator has acknowledged too early, and that is counted', async () => {
    await setAll({ acknowledgesEarly: true });
    const [coordinator] = await coordinatorsAmong(await members());
    const target = coordinator?.spec.nodeName ?? '';
    const step = await job.run(chaos('pod-kill', { 'target-node': target, 'probe-interval': '100ms' }));
    await setAll({});
    const { verdict, reason, measurement } = experimentOf(step);
    expect([verdict, reason]).toEqual(['fail', expect.stringMatching(/^Lost: \d+ of/)]);
    expect(measurement?.messages?.lost).toBeGreaterThan(0);
    expect(await coordinatorsAmong(await members())).toHaveLength(1);
  });

  it('accepts messages without a majority, so that a lost quorum proves nothing', async () => {
    await setAll({ answersWithoutQuorum: true });
    const step = await job.run(chaos('quorum-loss'));
    await setAll({});
    const { verdict, reason, measurement } = experimentOf(step);
    expect([verdict, reason]).toEqual(['inconclusive', expect.stringContaining('were accepted without a quorum')]);
    // One member has given numbers that others have given as well, when they came back.
    expect(measurement?.messages?.diverged).toBeGreaterThan(0);
    await job.objects.untilReady(namespace, 3);
  });

  it('hangs: TCP probes succeed, its clients get no answer, and no experiment is started', async () => {
    const [first] = await members();
    await setFaults(first, { member: 'hang' });
    const step = await job.run(chaos('pod-kill', { steady: '5s' }));
    await setFaults(first, {});
    const { verdict, reason } = experimentOf(step);
    expect([verdict, reason]).toEqual(['aborted', expect.stringMatching(/^Before the fault .*nothing was injected/)]);
    const [after] = await members();
    expect(after && [isReady(after), restartsOf(after)]).toEqual([true, first && restartsOf(first)]);
  });

  it('leaks memory until it is killed, and comes back without the loss of an accepted message', async () => {
    const [leaking] = await members();
    const restarts = leaking ? restartsOf(leaking) : 0;
    const report = await runWhileHeld(chaos('baseline', { hold: '15s' }), async () => {
      await setFaults(leaking, { leaksPerSecond: 200 });
      const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=metadata.name%3Dmigratorydata-0`;
      const [killed] = await waitForObjects<Pod>(job.cluster.api, path, ([pod]) => !!pod && restartsOf(pod) > restarts);
      expect(killed?.status.containerStatuses?.[0]?.lastState?.terminated?.reason).toBe('OOMKilled');
      await waitForObjects<Pod>(job.cluster.api, path, ([pod]) => !!pod && isReady(pod) && restartsOf(pod) > restarts);
    });
    expect(experimentOf({ report }).measurement?.messages).toMatchObject({ lost: 0, unexpected: 0 });
  });

  it('hangs: an HTTP probe restarts it', async () => {
    await job.pass({
      operation: 'deploy',
      rest: 'true',
      'memory-request': '64Mi',
      'cpu-request': '100m',
      liveness: 'http',
    });
    const [first] = await members();
    await setFaults(first, { member: 'hang' });
    const path = `/api/v1/namespaces/${namespace}/pods?fieldSelector=metadata.name%3Dmigratorydata-0`;
    await waitForObjects<Pod>(job.cluster.api, path, ([pod]) => !!pod && restartsOf(pod) > 0 && isReady(pod));
  });
});
