import { describe, expect, it } from '@jest/globals';
import type { Undo } from '../../../src/operations/ledger.js';
import { Ledger } from '../../../src/operations/ledger.js';
import { MemoryState } from '../fakes.js';

const connection = { kubeconfig: '/tmp/kubeconfig', context: '' };
const file: Undo = { kind: 'file', path: '/tmp/kubeconfig' };
const cordon: Undo = { kind: 'uncordon', connection, node: 'a' };
const replicas: Undo = { kind: 'replicas', connection, namespace: 'migratory', replicas: 3 };
const cluster: Undo = {
  kind: 'cluster',
  azure: { subscriptionId: 's' },
  resourceGroup: 'rg',
  clusterName: 'c',
  creationId: 'id',
};

describe('Ledger', () => {
  it('undoes before it deletes, and removes the kubeconfig last', () => {
    const ledger = new Ledger(new MemoryState());
    for (const entry of [cluster, file, replicas, cordon]) ledger.record(entry);
    expect(ledger.open()).toEqual([cordon, replicas, cluster, file]);
  });

  it('undoes the latest of one kind first', () => {
    const ledger = new Ledger(new MemoryState());
    const second: Undo = { ...cordon, node: 'b' };
    ledger.record(cordon);
    ledger.record(second);
    expect(ledger.open()).toEqual([second, cordon]);
  });

  it('leaves every record to the post phase at once, and takes a settled one back', () => {
    const state = new MemoryState();
    const ledger = new Ledger(state);
    const settle = ledger.record(cordon);
    ledger.record(cluster);
    expect(new Ledger(state).open()).toEqual([cordon, cluster]);
    settle();
    expect(new Ledger(state).open()).toEqual([cluster]);
  });

  it('strikes everything of a kind at once, for the post phase as well', () => {
    const state = new MemoryState();
    const ledger = new Ledger(state);
    for (const entry of [cluster, file, cordon]) ledger.record(entry);
    ledger.settleAll(({ kind }) => kind !== 'file');
    expect(new Ledger(state).open()).toEqual([file]);
  });
});
