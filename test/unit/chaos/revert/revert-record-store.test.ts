import { describe, expect, it } from '@jest/globals';
import { findCopies, holdNodes, nodesToHold } from '../../../../src/chaos/revert/node-annotations.js';
import { readRecord, removeRecord, writeRecord } from '../../../../src/chaos/revert/revert-record-store.js';
import type { Node } from '../../../../src/kubernetes/api/types.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import {
  annotationsOf,
  held,
  machineOf,
  nodes,
  putNode,
  record,
  revertBy,
  startExperiment,
  undisrupted,
} from './revert-bench.js';

const label = 'migratorydata-aks/held';

describe('a forged revert record', () => {
  it.each([
    ['a field that no experiment writes', { ...record, more: 1 }, '"more" is not a field of a record'],
    ['another namespace', { ...record, namespace: 'other' }, 'the record was found in "ns"'],
    ['no fields at all', {}, 'version is missing'],
    [
      'a path for a name',
      { ...record, undo: { ...record.undo, cordons: ['../x'] } },
      'undo.cordons[0] is "../x", not a valid node name',
    ],
    [
      'a kind of state that its experiment never changes',
      { ...record, undo: { ...record.undo, kubelets: [{ node: 'a', uid: 'uid-a', machine: machineOf('a') }] } },
      'undo.kubelets is nothing that experiment drain changes',
    ],
  ])('with %s is reported, and no experiment replaces it', async (_, forged, problem) => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const data = { mark: JSON.stringify(forged) };
    cluster.put('/api/v1/namespaces/ns/configmaps', { metadata: { name: 'migratorydata-aks-mark' }, data });
    const reading = await readRecord(api, 'ns');
    expect(reading).toEqual({ problems: expect.arrayContaining([expect.stringContaining(problem)]) });
    await expect(writeRecord(api, record)).rejects.toThrow(expect.objectContaining({ code: 'record-invalid' }));
  });
});

describe('the revert record', () => {
  it.each([
    ['written later', { writtenAt: '2026-01-01T00:00:01.000Z' }],
    ['written in the same millisecond', { holder: 'acme/shop/2/check-0' }],
  ])('of another run, %s, is neither replaced nor removed', async (_, change) => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    const other = { ...record, ...change };
    await writeRecord(api, other);
    await expect(writeRecord(api, record)).rejects.toMatchObject({ code: 'mark-found' });
    await removeRecord(api, record);
    expect(await readRecord(api, 'ns')).toEqual({ record: other });
  });

  it('is ours when its creation is repeated because the answer was lost', async () => {
    await using cluster = await FakeCluster.start();
    const api = cluster.api();
    await writeRecord(api, record);
    await writeRecord(api, record);
    await removeRecord(api, record);
    expect(await readRecord(api, 'ns')).toBeUndefined();
  });
});

describe('the copy of a revert record', () => {
  it('is the complete record, on the affected node', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    expect(await findCopies(api, 'ns')).toEqual([{ node: 'a', reading: { record } }]);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual([held, undisrupted, 'migratorydata-aks/held-by']);
  });

  it('is found by a label, without the other nodes of the cluster, and its node loses the label with it', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    const labelled = (): readonly string[] =>
      cluster
        .list(nodes)
        .filter(({ metadata }) => label in (metadata['labels'] as object))
        .map(({ metadata }) => metadata.name);
    expect(labelled()).toEqual(['a', 'b']);
    await revertBy(api);
    expect(labelled()).toEqual([]);
    const lists = cluster.received.filter(({ method, path }) => method === 'GET' && path === nodes);
    expect(lists.map(({ query }) => query.get('labelSelector'))).toEqual([label]);
  });

  it('is on one of the held nodes when no node is affected', async () => {
    await using cluster = await FakeCluster.start();
    for (const name of ['a', 'b']) putNode(cluster, name);
    await holdNodes(cluster.api(), record, []);
    const ours = [held, undisrupted, 'migratorydata-aks/held-by'];
    expect(Object.keys(annotationsOf(cluster, 'a') ?? {})).toEqual([...ours, 'migratorydata-aks/mark']);
    expect(Object.keys(annotationsOf(cluster, 'b') ?? {})).toEqual(ours);
  });

  it('is not on a node that an administrator protects from either autoscaler', () => {
    const node = (name: string, annotations: object): Node =>
      ({ metadata: { name, annotations }, spec: {}, status: {} }) as unknown as Node;
    const found = [node('a', { [held]: 'true' }), node('b', { [undisrupted]: 'true' }), node('c', {})];
    expect(nodesToHold(found)).toEqual(['c']);
  });

  it.each([
    ['of a deployment in another namespace', JSON.stringify({ ...record, namespace: 'other' })],
    ['that is truncated', JSON.stringify(record).slice(0, 50)],
  ])('%s is neither read nor removed', async (_, copy) => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    putNode(cluster, 'c', { labels: { [label]: '' }, annotations: { 'migratorydata-aks/mark': copy } });
    await revertBy(api);
    expect(annotationsOf(cluster, 'c')).toEqual({ 'migratorydata-aks/mark': copy });
    expect(await findCopies(api, 'ns')).toEqual([]);
  });

  it('of an unknown version is reported and not removed', async () => {
    await using cluster = await FakeCluster.start();
    const api = await startExperiment(cluster);
    const copy = JSON.stringify({ ...record, version: 2 });
    putNode(cluster, 'c', { labels: { [label]: '' }, annotations: { 'migratorydata-aks/mark': copy } });
    await revertBy(api);
    expect(await findCopies(api, 'ns')).toEqual([{ node: 'c', reading: { problems: ['version is 2, not 1'] } }]);
  });
});
