import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nothingToRevert } from '../../../src/chaos/revert/original-state.js';
import type { ObjectMeta } from '../../../src/kubernetes/api/types.js';
import { setOf, statefulSets } from '../kubernetes/samples.js';
import { ExperimentBench } from './experiment-bench.js';

const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
const ofKeda = { ownerReferences: [{ kind: 'ScaledObject', name: 'web', uid: 'u', controller: true }] };
const ofFlux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } };
const ofArgo = { annotations: { 'argocd.argoproj.io/tracking-id': 'shop:x' } };

const spec = { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { kind: 'StatefulSet', name: 'migratorydata' } };

describe('an experiment on objects of another controller', () => {
  let bench: ExperimentBench;

  beforeEach(async () => {
    bench = await ExperimentBench.start();
  });

  afterEach(() => bench[Symbol.asyncDispose]());

  function putAutoscaler(metadata: Partial<ObjectMeta> = {}): void {
    bench.cluster.put(autoscalers, { metadata: { name: 'hpa', namespace: 'ns', ...metadata }, spec });
  }

  function markStatefulSet(metadata: Partial<ObjectMeta>): void {
    const set = bench.cluster.get(`${statefulSets}/migratorydata`);
    bench.cluster.put(statefulSets, { ...set, metadata: { ...setOf(3).metadata, ...metadata } });
  }

  it.each([
    ['KEDA', ofKeda, 'ScaledObject web of KEDA', 'scaledobject/web autoscaling.keda.sh/paused=true'],
    [
      'Flux',
      ofFlux,
      'Kustomization apps of Flux',
      'horizontalpodautoscaler/hpa kustomize.toolkit.fluxcd.io/reconcile=',
    ],
  ])(
    'is skipped, before any change, when %s would undo the bounds of the autoscaler',
    async (_, marks, name, command) => {
      putAutoscaler(marks);
      const { record, error, over } = await bench.run(bench.faultWith());
      expect([record.verdict, error, over, bench.steps]).toEqual(['skipped', undefined, false, []]);
      expect(record.reason).toContain(
        `${name} would undo that in the middle of it: run \`kubectl annotate -n ns ${command}`,
      );
    },
  );

  it('runs, and says what to do, when the settings of the controller decide', async () => {
    putAutoscaler(ofArgo);
    expect((await bench.run(bench.faultWith())).record.verdict).toBe('pass');
    expect(bench.notes).toContainEqual(
      expect.stringMatching(
        /^The experiment changes the bounds of autoscaler hpa, which application shop of Argo CD may undo: /,
      ),
    );
  });

  it.each([
    ['restored', false],
    ['restored, and its annotations', true],
  ])('is inconclusive when the bounds were %s in the middle', async (_, annotations) => {
    putAutoscaler(ofArgo);
    const inject = (): Promise<void> => {
      if (annotations) putAutoscaler(ofArgo);
      else
        bench.cluster.put(autoscalers, { metadata: { name: 'hpa' }, ...bench.cluster.get(`${autoscalers}/hpa`), spec });
      return Promise.resolve();
    };
    const { record, error } = await bench.run(bench.faultWith({ inject }));
    expect([record.verdict, error]).toEqual(['inconclusive', undefined]);
    expect(record.reason).toBe(
      'No conclusion is possible because application shop of Argo CD changed the bounds of autoscaler hpa to 3 and 5 during the experiment.',
    );
    expect(bench.cluster.get(`${autoscalers}/hpa`)?.['spec']).toEqual(spec);
  });

  it('is inconclusive when the autoscaler was deleted', async () => {
    putAutoscaler();
    const inject = (): Promise<void> => {
      bench.cluster.delete(`${autoscalers}/hpa`);
      return Promise.resolve();
    };
    const { record } = await bench.run(bench.faultWith({ inject }));
    expect(record.reason).toBe('No conclusion is possible because the autoscaler was deleted during the experiment.');
  });

  it('is skipped when it adds a member that Flux would remove, and runs when it adds none', async () => {
    markStatefulSet(ofFlux);
    const surging = bench.faultWith({
      originalState: { ...nothingToRevert, cordons: ['a'], replicas: { from: 3, set: 4 } },
    });
    const { record } = await bench.run(surging);
    expect([record.verdict, bench.steps]).toEqual(['skipped', []]);
    expect(record.reason).toContain(
      'the number of members of StatefulSet migratorydata, but Kustomization apps of Flux',
    );
    expect((await bench.run(bench.faultWith())).record.verdict).toBe('pass');
  });

  it('does not ask who applies the StatefulSet when an autoscaler sets the number of members', async () => {
    markStatefulSet(ofFlux);
    putAutoscaler();
    const surging = bench.faultWith({
      originalState: { ...nothingToRevert, cordons: ['a'], replicas: { from: 3, set: 4 } },
    });
    expect((await bench.run(surging)).record.verdict).toBe('pass');
  });
});
