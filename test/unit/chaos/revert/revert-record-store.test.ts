import { describe, expect, it } from '@jest/globals';
import { findCopies, holdNodes } from '../../../../src/chaos/revert/node-annotations.js';
import { readRecord, writeRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import { FakeCluster, refuse } from '../../kubernetes/fake-cluster.js';
import { annotationsOf, disturbed, held, record, putNode, revertBy } from './revert-bench.js';

describe('a mark that somebody has planted', () => {
  it.each([
    ['a field that no experiment writes', { ...record, more: 1 }, '"more" is no field of a record'],
    ['a namespace where it was not found', { ...record, namespace: 'other' }, 'it was found in "ns"'],
    ['no fields at all', {}, 'version is missing'],
    [
      'a path for a name',
      { ...record, undo: { ...record.undo, cordons: ['../x'] } },
      'undo.cordons[0] is "../x", and not a valid node name',
    ],
  ])('with %s is told, and no experiment is begun over it', async (_, planted, problem) => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const data = { mark: JSON.stringify(planted) };
    cluster.put('/api/v1/namespaces/ns/configmaps', { metadata: { name: 'migratorydata-aks-mark' }, data });
    const reading = await readRecord(api, 'ns');
    expect(reading).toEqual({ problems: expect.arrayContaining([expect.stringContaining(problem)]) });
    cluster.scripts.push(({ method }, response) => {
      if (method !== 'POST') return false;
      refuse(response, 409, 'AlreadyExists');
      return true;
    });
    await expect(writeRecord(api, record)).rejects.toThrow(expect.objectContaining({ code: 'record-invalid' }));
  });
});

describe('the copy of a mark', () => {
  it('is the whole mark, on the node that is disturbed', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    expect(await findCopies(api, 'ns')).toEqual([{ node: 'a', reading: { mark: record } }]);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual([held, 'migratorydata-aks/held-by']);
  });

  it('is on one of the nodes that are held where none is disturbed', async () => {
    await using cluster = await FakeCluster.start();
    for (const name of ['a', 'b']) putNode(cluster, name);
    await holdNodes(cluster.api(), record, []);
    const ours = [held, 'migratorydata-aks/held-by'];
    expect(Object.keys(annotationsOf(cluster, 'a') ?? {})).toEqual([...ours, 'migratorydata-aks/mark']);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual(ours);
  });

  it.each([
    ['of a deployment in another namespace', JSON.stringify({ ...record, namespace: 'other' })],
    ['that somebody has cut', JSON.stringify(record).slice(0, 50)],
  ])('%s is not ours: neither read nor removed', async (_, copy) => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    putNode(cluster, 'c', { annotations: { 'migratorydata-aks/mark': copy } });
    await revertBy(api);
    expect(annotationsOf(cluster, 'c')).toEqual({ 'migratorydata-aks/mark': copy });
    expect(await findCopies(api, 'ns')).toEqual([]);
  });

  it('of a version that we do not know is told, and left', async () => {
    await using cluster = await FakeCluster.start();
    const api = await disturbed(cluster);
    const copy = JSON.stringify({ ...record, version: 2 });
    putNode(cluster, 'c', { annotations: { 'migratorydata-aks/mark': copy } });
    await revertBy(api);
    expect(await findCopies(api, 'ns')).toEqual([{ node: 'c', reading: { problems: ['version is 2, and not 1'] } }]);
  });
});
