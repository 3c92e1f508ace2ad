import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import { record } from '../chaos/revert/revert-bench.js';
import { refuse } from '../kubernetes/fake-cluster.js';
import { leaveExperiment } from './controllers.js';
import { namespaces, nodes, onKubeconfig, OperationBench } from './support.js';

const taken = 'POST leases (lock)';
const claimed = 'PATCH configmaps/migratorydata-aks-mark (lock)';
const removed = 'DELETE configmaps/migratorydata-aks-mark (lock)';
const givenBack = 'DELETE leases/migratorydata-aks (lock)';
const discarding = { ...onKubeconfig, 'discard-record': 'true' };
const configMaps = `${namespaces}/ns/configmaps`;
const mark = 'migratorydata-aks/mark';

type Metadata = Partial<KubernetesObject['metadata']>;

/** Sets the annotations of a node as `holdNodes` does, with a copy of a record if `copy` is given. */
function holdNode({ cluster }: OperationBench, name: string, heldBy: string, copy?: object): void {
  const node = cluster.get(`${nodes}/${name}`);
  const labels = { ...(node?.metadata['labels'] as object), 'migratorydata-aks/held': '' };
  const annotations = {
    'cluster-autoscaler.kubernetes.io/scale-down-disabled': 'true',
    'migratorydata-aks/held-by': heldBy,
    ...(copy && { [mark]: JSON.stringify(copy) }),
  };
  cluster.put(nodes, { ...node, metadata: { ...node?.metadata, name, labels, annotations } });
}

/** The keys of the project in labels and annotations of a node. */
function ourKeys({ cluster }: OperationBench, name: string): readonly string[] {
  const { labels = {}, annotations = {} } = cluster.get(`${nodes}/${name}`)?.metadata as Metadata;
  return [...Object.keys(labels), ...Object.keys(annotations)].filter(key => key.startsWith('migratorydata-aks/'));
}

function putRecord({ cluster }: OperationBench, contents: object, metadata: Metadata = {}): void {
  const data = { mark: JSON.stringify(contents) };
  cluster.put(configMaps, { metadata: { ...metadata, name: 'migratorydata-aks-mark' }, data });
}

/** Another run that holds a lock and renews it while it is watched. */
function lockByAnother({ cluster }: OperationBench, namespace: string, name: string): void {
  const leases = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;
  let renewals = 0;
  const renew = (): void => {
    renewals += 1;
    const renewTime = new Date(renewals * 1000).toISOString();
    const spec = { holderIdentity: 'other/team/7', leaseDurationSeconds: 90, renewTime };
    cluster.put(leases, { metadata: { name, namespace }, spec });
  };
  renew();
  cluster.scripts.push(({ method, path, query }, response) => {
    if (path !== leases) return false;
    if (query.has('watch')) setImmediate(renew);
    if (method === 'POST') refuse(response, 409, 'AlreadyExists');
    return method === 'POST';
  });
}

const discards = ({ context }: OperationBench): readonly string[] =>
  context.journal.report.warnings.filter(text => text.includes('discarded'));

describe('recover with discard-record', () => {
  it('names what it cannot revert, and removes the record and the annotations of the nodes', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    await leaveExperiment(bench.cluster);
    // The node with the copy is gone.
    holdNode(bench, 'b', record.holder);
    bench.steps.length = 0;
    const uid = bench.cluster.get(`${configMaps}/migratorydata-aks-mark`)?.metadata['uid'];
    bench.failAt('PATCH nodes/a');
    expect(await bench.run('recover', discarding)).toBeUndefined();
    expect(discards(bench).join()).toMatch(
      /^The revert record of namespace ns is discarded; not reverted: node a was not unc/,
    );
    expect([bench.steps.at(-2), bench.steps.at(-1), bench.output('changed')]).toEqual([removed, givenBack, true]);
    const removal = bench.cluster.received.find(
      ({ method, path }) => method === 'DELETE' && path.startsWith(configMaps),
    );
    expect(JSON.parse(removal?.body ?? '')).toMatchObject({ preconditions: { uid } });
    expect([...ourKeys(bench, 'b'), ...bench.left()]).toEqual([]);
    bench.steps.length = 0;
    expect(await bench.run('recover', discarding)).toBeUndefined();
    expect([bench.steps, bench.output('changed')]).toEqual([[taken, givenBack], false]);
  });

  it('reverts all it can, without a warning', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    expect(await bench.run('recover', discarding)).toBeUndefined();
    expect(bench.steps).toEqual([taken, claimed, 'PATCH nodes/a (lock)', removed, givenBack]);
    expect([bench.output('changed'), discards(bench)]).toEqual([true, []]);
  });

  it('removes what is not valid of this namespace, and nothing of another one', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    const invalid = { ...record, version: 2 };
    putRecord(bench, invalid);
    holdNode(bench, 'a', record.holder, invalid);
    holdNode(bench, 'b', record.holder);
    const holder = 'acme/shop/2/x';
    holdNode(bench, 'c', holder, { ...record, holder, namespace: 'other' });
    expect((await bench.run('recover'))?.code).toBe('record-invalid');
    expect(await bench.run('recover', discarding)).toBeUndefined();
    expect(discards(bench).join()).toMatch(
      /ConfigMap migratorydata-aks-mark .*: version is 2, not 1; .* of node a is not a valid/,
    );
    expect(bench.cluster.list(configMaps).map(({ metadata }) => metadata.name)).not.toContain('migratorydata-aks-mark');
    expect([...ourKeys(bench, 'a'), ...ourKeys(bench, 'b')]).toEqual([]);
    expect(ourKeys(bench, 'c')).toEqual(['migratorydata-aks/held', 'migratorydata-aks/held-by', mark]);
    expect(bench.output('changed')).toBe(true);
  });

  it('removes no object that is managed by something else', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    putRecord(bench, {}, { labels: { 'app.kubernetes.io/managed-by': 'Helm' } });
    const error = await bench.run('recover', discarding);
    expect([error?.code, bench.steps.includes(removed)]).toEqual(['record-invalid', false]);
  });

  it('discards nothing while another run holds the lock', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    putRecord(bench, {});
    lockByAnother(bench, 'ns', 'migratorydata-aks');
    expect((await bench.run('recover', discarding))?.code).toBe('locked');
    expect([bench.steps, discards(bench)]).toEqual([[taken], []]);
  });

  it('discards nothing when it is cancelled during the revert', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    await leaveExperiment(bench.cluster);
    bench.cancelAt('PATCH nodes/a');
    expect((await bench.run('recover', discarding))?.code).toBe('cancelled');
    expect([bench.steps.includes(removed), discards(bench)]).toEqual([false, []]);
  });
});

describe('recover with discard-record, without the namespace,', () => {
  it('removes the copies under the lock on the nodes', async () => {
    await using bench = await OperationBench.start('recover');
    holdNode(bench, 'a', record.holder, { ...record, version: 2 });
    expect(await bench.run('recover', discarding)).toBeUndefined();
    expect(bench.steps).toEqual([
      'POST namespaces/default/leases (lock)',
      'PATCH nodes/a (lock)',
      'DELETE namespaces/default/leases/migratorydata-aks-nodes (lock)',
    ]);
    expect([ourKeys(bench, 'a'), bench.output('changed'), bench.left()]).toEqual([[], true, []]);
  });

  it('discards nothing while another run holds that lock', async () => {
    await using bench = await OperationBench.start('recover');
    holdNode(bench, 'a', record.holder, { ...record, version: 2 });
    lockByAnother(bench, 'default', 'migratorydata-aks-nodes');
    expect((await bench.run('recover', discarding))?.code).toBe('locked');
    expect([ourKeys(bench, 'a').includes(mark), discards(bench)]).toEqual([true, []]);
  });
});
