import { describe, expect, it } from '@jest/globals';
import { statefulSets } from '../kubernetes/samples.js';
import { leaveExperiment } from './controllers.js';
import { onKubeconfig, OperationBench, ours } from './support.js';

const taken = 'POST leases (lock)';
const claimed = 'PATCH configmaps/migratorydata-aks-mark (lock)';
const givenBack = 'DELETE leases/migratorydata-aks (lock)';
const scaled = 'PATCH statefulsets/migratorydata/scale (lock)';
const bounded = 'PATCH horizontalpodautoscalers/migratorydata-autoscale (lock)';
const twice = { ...onKubeconfig, 'scale-to': '4,3' };

describe('scale', () => {
  it('walks through the numbers under the lock', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    expect(await bench.run('scale', twice)).toBeUndefined();
    expect(bench.steps).toEqual([taken, scaled, scaled, givenBack]);
    expect(bench.phases()).toEqual(['scale-1 passed', 'scale-2 passed']);
    expect([bench.output('replicas'), bench.left()]).toEqual([3, []]);
  });

  it.each([
    ['the first number', 0, ['scale-1 failed'], undefined],
    ['the second number', 1, ['scale-1 passed', 'scale-2 failed'], 4],
  ])(
    'that fails at %s has the outputs of what was done, and gives the lock back',
    async (_, before, phases, replicas) => {
      await using bench = await OperationBench.onDeployment('scale');
      bench.failAt(scaled, before);
      expect((await bench.run('scale', twice))?.code).toBe('api-forbidden');
      expect([bench.phases(), bench.output('replicas')]).toEqual([phases, replicas]);
      expect([bench.steps.at(-1), bench.left()]).toEqual([givenBack, []]);
    },
  );

  it('that is cancelled gives the lock back, and goes no further', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    bench.cancelAt(scaled);
    expect((await bench.run('scale', twice))?.code).toBe('cancelled');
    expect(bench.steps).toEqual([taken, scaled, givenBack]);
    expect([bench.phases(), bench.left()]).toEqual([['scale-1 failed'], []]);
  });

  it('leaves the lock to the post phase when it cannot be given back, and succeeds', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    bench.failAt(givenBack);
    expect(await bench.run('scale', twice)).toBeUndefined();
    expect([bench.output('replicas'), bench.left()]).toEqual([3, ['lock']]);
  });

  it('does nothing without the lock, whose creation may have succeeded all the same', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    bench.failAt(taken);
    expect((await bench.run('scale', twice))?.code).toBe('api-forbidden');
    expect([bench.steps, bench.phases(), bench.left()]).toEqual([[taken], [], ['lock']]);
  });

  it('reverts before its own work what an experiment has left', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    expect(await bench.run('scale', twice)).toBeUndefined();
    expect(bench.phases()).toEqual(['recover passed', 'scale-1 passed', 'scale-2 passed']);
    const reverted = [claimed, 'PATCH nodes/a (lock)', 'DELETE configmaps/migratorydata-aks-mark (lock)'];
    expect(bench.steps).toEqual([taken, ...reverted, scaled, scaled, givenBack]);
  });

  it('does not begin when that revert leaves something of the members', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    await leaveExperiment(bench.cluster, { replicas: { from: 4, set: 3 } });
    bench.failAt(scaled);
    expect((await bench.run('scale', twice))?.code).toBe('undo-incomplete');
    expect([bench.phases(), bench.left()]).toEqual([['recover failed'], []]);
  });

  it('warns of what that revert leaves on a node, and goes on', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    await leaveExperiment(bench.cluster);
    bench.failAt('PATCH nodes/a');
    expect(await bench.run('scale', twice)).toBeUndefined();
    expect(bench.phases()).toEqual(['recover passed', 'scale-1 passed', 'scale-2 passed']);
    expect(bench.context.journal.report.warnings).toContainEqual(expect.stringContaining('node a was not uncordoned'));
  });
});

describe('autoscale', () => {
  it('applies the autoscaler under the lock, and waits for its metric', async () => {
    await using bench = await OperationBench.onDeployment('autoscale');
    expect(await bench.run('autoscale')).toBeUndefined();
    expect(bench.steps).toEqual([taken, bounded, givenBack]);
    expect([bench.output('hpa'), bench.phases()]).toEqual(['migratorydata-autoscale', ['autoscale passed']]);
  });

  it('fails at the end of verify-timeout when there is no metric, and gives the lock back', async () => {
    await using bench = await OperationBench.onDeployment('autoscale');
    bench.controlled = false;
    expect((await bench.run('autoscale'))?.code).toBe('metrics-unavailable');
    expect([bench.clock.now(), bench.steps.at(-1), bench.output('hpa')]).toEqual([60_000, givenBack, undefined]);
  });

  it.each([
    ['fails', 'api-forbidden', 'failAt'],
    ['is cancelled', 'cancelled', 'cancelAt'],
  ] as const)('gives the lock back when it %s', async (_, code, spoil) => {
    await using bench = await OperationBench.onDeployment('autoscale');
    bench[spoil](bounded);
    expect((await bench.run('autoscale'))?.code).toBe(code);
    expect([bench.steps, bench.left()]).toEqual([[taken, bounded, givenBack], []]);
    expect([bench.phases(), bench.output('hpa')]).toEqual([['autoscale failed'], undefined]);
  });
});

describe('on objects that another controller applies,', () => {
  const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
  const ofFlux = { 'kustomize.toolkit.fluxcd.io/name': 'apps' };

  const markStatefulSet = ({ cluster }: OperationBench): void => {
    const set = cluster.get(`${statefulSets}/migratorydata`);
    cluster.put(statefulSets, { ...set, metadata: { ...set?.metadata, labels: { ...ours, ...ofFlux } } });
  };
  const putAutoscalerOfKeda = ({ cluster }: OperationBench): void => {
    const ownerReferences = [{ kind: 'ScaledObject', name: 'web', uid: 'u', controller: true }];
    const scaleTargetRef = { kind: 'StatefulSet', name: 'migratorydata' };
    const spec = { minReplicas: 3, maxReplicas: 5, scaleTargetRef };
    cluster.put(autoscalers, { metadata: { name: 'keda-hpa-web', namespace: 'ns', ownerReferences }, spec });
  };
  const flux = /^The StatefulSet is managed by Kustomization apps of Flux, which undoes what this step changes: run /;
  const keda =
    /^Autoscaler keda-hpa-web is managed by ScaledObject web of KEDA, which undoes what this step changes: run /;

  it.each([
    ['deploy', markStatefulSet, [flux]],
    ['scale', markStatefulSet, [flux]],
    ['autoscale', putAutoscalerOfKeda, [keda, /^Autoscaler keda-hpa-web scales the members as well: /]],
  ] as const)('%s warns once', async (operation, mark, expected) => {
    await using bench = await OperationBench.onDeployment(operation);
    mark(bench);
    expect(await bench.run(operation, twice)).toBeUndefined();
    const { warnings } = bench.context.journal.report;
    expect(warnings.filter(text => / managed by | as well/.test(text))).toEqual(
      expected.map(text => expect.stringMatching(text)),
    );
  });

  it('scale warns of the controller of the autoscaler before it changes the bounds', async () => {
    await using bench = await OperationBench.onDeployment('scale');
    putAutoscalerOfKeda(bench);
    bench.failAt('PATCH horizontalpodautoscalers/keda-hpa-web');
    expect((await bench.run('scale', twice))?.code).toBe('api-forbidden');
    expect(bench.context.journal.report.warnings).toContainEqual(expect.stringMatching(keda));
  });
});

describe('verify', () => {
  it('changes nothing, and takes no lock', async () => {
    await using bench = await OperationBench.onDeployment('verify');
    const before = bench.cluster.received.length;
    expect(await bench.run('verify')).toBeUndefined();
    expect([bench.steps, bench.phases(), bench.output('ready-members')]).toEqual([[], ['verify passed'], 3]);
    const reads = bench.cluster.received
      .slice(before)
      .filter(({ path }) => path.endsWith('/services/migratorydata-cs'));
    expect(reads).toHaveLength(1);
  });

  it('asks where the live Service leads to, and refuses an input that leads elsewhere', async () => {
    await using bench = await OperationBench.onDeployment('verify');
    // The default is public.
    expect(await bench.run('verify', { ...onKubeconfig, 'service-type': '' })).toBeUndefined();
    expect(bench.output('url')).toBe('http://10.0.0.1:30080');
    expect((await bench.run('verify', { ...onKubeconfig, 'service-type': 'public' }))?.code).toBe('deployment-differs');
  });

  it('asks for the welcome page until the end of verify-timeout', async () => {
    await using bench = await OperationBench.onDeployment('verify');
    bench.network.answer = () => ({ status: 503 });
    expect((await bench.run('verify'))?.code).toBe('welcome-page-failed');
    expect([bench.clock.now(), bench.phases(), bench.output('url')]).toEqual([
      60_000,
      ['verify failed'],
      'http://10.0.0.1:30080',
    ]);
  });

  it('ends at once when it is cancelled', async () => {
    await using bench = await OperationBench.onDeployment('verify');
    bench.network.answer = () => ({ status: 503 });
    bench.clock.at(4_500, bench.cancel);
    expect((await bench.run('verify'))?.code).toBe('cancelled');
    expect([bench.clock.now(), bench.phases(), bench.left()]).toEqual([4_500, ['verify failed'], []]);
  });
});

describe('recover', () => {
  it('reverts under the lock what an experiment has left, and says that it did', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    expect(await bench.run('recover')).toBeUndefined();
    const reverted = [claimed, 'PATCH nodes/a (lock)', 'DELETE configmaps/migratorydata-aks-mark (lock)'];
    expect(bench.steps).toEqual([taken, ...reverted, givenBack]);
    expect([bench.output('changed'), bench.phases()]).toEqual([true, ['recover passed']]);
    bench.steps.length = 0;
    expect(await bench.run('recover')).toBeUndefined();
    expect([bench.steps, bench.output('changed')]).toEqual([[taken, givenBack], false]);
  });

  it('names what is left, and keeps the record', async () => {
    await using bench = await OperationBench.onDeployment('recover');
    await leaveExperiment(bench.cluster);
    bench.steps.length = 0;
    bench.failAt('PATCH nodes/a');
    const error = await bench.run('recover');
    expect([error?.code, bench.output('changed'), bench.left()]).toEqual(['undo-incomplete', undefined, []]);
    expect(error?.message).toContain('node a was not uncordoned');
    expect(bench.steps).not.toContain('DELETE configmaps/migratorydata-aks-mark (lock)');
  });
});

describe('collect', () => {
  it('writes files beside the reports, and changes nothing', async () => {
    await using bench = await OperationBench.onDeployment('collect');
    bench.files.texts.clear();
    expect(await bench.run('collect')).toBeUndefined();
    expect([...bench.files.texts.keys()].every(path => path.includes('/diagnostics/'))).toBe(true);
    expect([bench.files.texts.size > 3, bench.steps, bench.phases()]).toEqual([true, [], ['collect passed']]);
  });

  it('passes on that a file cannot be written', async () => {
    await using bench = await OperationBench.onDeployment('collect');
    bench.files.writeText = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    expect((await bench.run('collect'))?.message).toContain('ENOSPC');
    expect(bench.phases()).toEqual(['collect failed']);
  });
});
