import { describe, expect, it } from '@jest/globals';
import { record } from '../chaos/revert/revert-bench.js';
import { statefulSets } from '../kubernetes/samples.js';
import { leaveExperiment } from './controllers.js';
import { namespaces, onKubeconfig, OperationBench } from './support.js';

const replicas = { from: 3, set: 4 };

/** Both deployments have the four members that an experiment has left. */
async function startBoth(): Promise<OperationBench> {
  const bench = await OperationBench.onDeployment('recover');
  expect(await bench.run('deploy', { ...onKubeconfig, name: 'chat' })).toBeUndefined();
  for (const name of ['migratorydata', 'chat']) {
    const set = bench.cluster.get(`${statefulSets}/${name}`);
    bench.cluster.put(statefulSets, {
      ...set,
      metadata: { name, ...set?.metadata },
      spec: { ...(set?.['spec'] as object), replicas: replicas.set },
    });
  }
  bench.cluster.react({ method: 'PUT', path: statefulSets, body: undefined });
  bench.context.journal.report.phases.length = 0;
  return bench;
}

const sizesOf = ({ cluster }: OperationBench): readonly unknown[] =>
  ['migratorydata', 'chat'].map(
    name => (cluster.get(`${statefulSets}/${name}`)?.['spec'] as { replicas: number }).replicas,
  );

describe('recover', () => {
  it.each(['migratorydata', 'chat'])(
    'of %s reverts the deployment of the record, whatever its own name',
    async name => {
      await using bench = await startBoth();
      await leaveExperiment(bench.cluster, { replicas });
      expect(await bench.run('recover', { ...onKubeconfig, name })).toBeUndefined();
      expect([sizesOf(bench), bench.output('changed')]).toEqual([[3, 4], true]);
    },
  );

  it('changes nothing by a record that names a StatefulSet of others', async () => {
    await using bench = await startBoth();
    await leaveExperiment(bench.cluster, { replicas });
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    bench.cluster.put(statefulSets, { ...set, metadata: { name: 'migratorydata', ...set?.metadata, labels: {} } });
    bench.steps.length = 0;
    const error = await bench.run('recover', { ...onKubeconfig, name: 'chat' });
    expect([error?.code, sizesOf(bench)]).toEqual(['record-invalid', [4, 4]]);
    expect(error?.message).toContain('StatefulSet migratorydata was not created by this action');
    expect(bench.steps).toEqual(['POST leases (lock)', 'DELETE leases/migratorydata-aks (lock)']);
  });

  it.each(['../x', 'Chat', 'x'.repeat(53), undefined])(
    'changes nothing by a record of deployment %s',
    async deployment => {
      await using bench = await startBoth();
      const data = { mark: JSON.stringify({ ...record, deployment }) };
      bench.cluster.put(`${namespaces}/ns/configmaps`, { metadata: { name: 'migratorydata-aks-mark' }, data });
      const error = await bench.run('recover');
      expect([error?.code, sizesOf(bench)]).toEqual(['record-invalid', [4, 4]]);
      expect(error?.message).toContain('not a valid deployment name');
    },
  );
});
