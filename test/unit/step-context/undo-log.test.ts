import { describe, expect, it } from '@jest/globals';
import { Ledger, type Undo } from '../../../src/step-context/undo-log.js';
import { MemoryState } from '../fakes.js';

const connection = { kubeconfig: '/tmp/kubeconfig', context: '' };
const file: Undo = { kind: 'file', path: '/tmp/kubeconfig' };
const experiment = { kind: 'experiment', connection, namespace: 'migratory', holder: 'o/r/1/job-0' } as const;
const lock: Undo = { kind: 'lock', connection, namespace: 'migratory', holder: 'o/r/1/job-0' };
const cluster: Undo = {
  kind: 'cluster',
  azure: { subscriptionId: 's' },
  resourceGroup: 'rg',
  clusterName: 'c',
  creationId: 'id',
};

describe('Ledger', () => {
  it('deletes a cluster before it reverts what lies in it, and removes the kubeconfig last', () => {
    const ledger = new Ledger(new MemoryState());
    for (const entry of [cluster, file, lock, experiment]) ledger.record(entry);
    expect(ledger.open()).toEqual([cluster, experiment, lock, file]);
  });

  it('undoes the latest of one kind first', () => {
    const ledger = new Ledger(new MemoryState());
    const second: Undo = { ...experiment, namespace: 'b' };
    ledger.record(experiment);
    ledger.record(second);
    expect(ledger.open()).toEqual([second, experiment]);
  });

  it('leaves every record to the post phase at once, and takes a settled one back', () => {
    const state = new MemoryState();
    const ledger = new Ledger(state);
    const settle = ledger.record(experiment);
    ledger.record(cluster);
    expect(new Ledger(state).open()).toEqual([cluster, experiment]);
    settle();
    expect(new Ledger(state).open()).toEqual([cluster]);
  });

  it('strikes everything of a kind at once, for the post phase as well', () => {
    const state = new MemoryState();
    const ledger = new Ledger(state);
    for (const entry of [cluster, file, experiment]) ledger.record(entry);
    ledger.settleAll(({ kind }) => kind !== 'file');
    expect(new Ledger(state).open()).toEqual([file]);
  });
});
