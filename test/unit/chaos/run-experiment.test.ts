import { describe, expect, it } from '@jest/globals';
import type { ExperimentContext } from '../../../src/chaos/experiment-context.js';
import { drain } from '../../../src/chaos/experiments/drain.js';
import { nothingToRevert } from '../../../src/chaos/revert/original-state.js';
import { runExperiment } from '../../../src/chaos/run-experiment.js';
import { membersOf } from '../../../src/migratorydata/object-names.js';
import { FakeCluster } from '../kubernetes/fake-cluster.js';
import { podOf, pods, setOf, statefulSets } from '../kubernetes/samples.js';

/** An experiment that adds a member temporarily. */
const surging: typeof drain = {
  ...drain,
  preflight: (_, { replicas }) => ({
    ...{ targets: [], facts: () => ({}), affected: [], recoveryMode: () => 'untouched' as const },
    originalState: { ...nothingToRevert, replicas },
    inject: () => Promise.reject(new Error('the fault began')),
    confirm: () => Promise.reject(new Error('the fault began')),
  }),
};

describe('an experiment that changes the number of members', () => {
  it('is skipped, without any change, when the number could not be restored', async () => {
    await using cluster = await FakeCluster.start();
    // This project did not render the StatefulSet, so the allowed number of members is unknown.
    cluster.put(statefulSets, setOf(3));
    for (const ordinal of [0, 1, 2]) cluster.put(pods, podOf(ordinal));
    const context = {
      ...{ api: cluster.api(), members: membersOf({ namespace: 'ns' }), budgetName: 'migratorydata-pdb' },
      note: () => undefined,
    } as Partial<ExperimentContext> as ExperimentContext;
    const { record, over } = await runExperiment(context, surging);
    expect([record.verdict, over]).toEqual(['skipped', false]);
    expect(record.reason).toContain('it was deployed with no member list');
    expect(cluster.received.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});
