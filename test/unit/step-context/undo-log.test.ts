import { describe, expect, it } from '@jest/globals';
import { deploymentLock } from '../../../src/chaos/revert/lease.js';
import { UndoLog, type UndoEntry } from '../../../src/step-context/undo-log.js';
import { MemoryState } from '../fakes.js';

const connection = { kubeconfig: '/tmp/kubeconfig', context: '' };
const file: UndoEntry = { kind: 'file', path: '/tmp/kubeconfig' };
const experiment = { kind: 'experiment', connection, namespace: 'migratory', holder: 'o/r/1/job-0' } as const;
const lock: UndoEntry = { kind: 'lock', connection, lock: deploymentLock('migratory'), holder: 'o/r/1/job-0' };
const cluster: UndoEntry = {
  kind: 'cluster',
  azure: { subscriptionId: 's' },
  resourceGroup: 'rg',
  clusterName: 'c',
  creationId: 'id',
};

describe('UndoLog', () => {
  it('deletes a cluster before it reverts what lies in it, and removes the kubeconfig last', () => {
    const undoLog = new UndoLog(new MemoryState());
    for (const entry of [cluster, file, lock, experiment]) undoLog.record(entry);
    expect(undoLog.open()).toEqual([cluster, experiment, lock, file]);
  });

  it('undoes the latest of one kind first', () => {
    const undoLog = new UndoLog(new MemoryState());
    const second: UndoEntry = { ...experiment, namespace: 'b' };
    undoLog.record(experiment);
    undoLog.record(second);
    expect(undoLog.open()).toEqual([second, experiment]);
  });

  it('leaves every record to the post phase at once, and takes a settled one back', () => {
    const state = new MemoryState();
    const undoLog = new UndoLog(state);
    const settle = undoLog.record(experiment);
    undoLog.record(cluster);
    expect(new UndoLog(state).open()).toEqual([cluster, experiment]);
    settle();
    expect(new UndoLog(state).open()).toEqual([cluster]);
  });

  it('strikes everything of a kind at once, for the post phase as well', () => {
    const state = new MemoryState();
    const undoLog = new UndoLog(state);
    for (const entry of [cluster, file, experiment]) undoLog.record(entry);
    undoLog.settleAll(({ kind }) => kind !== 'file');
    expect(new UndoLog(state).open()).toEqual([file]);
  });
});
