import { describe, expect, it } from '@jest/globals';
import { namespaces, onKubeconfig, OperationBench } from './support.js';

const given = {
  ...{ ...onKubeconfig, teardown: 'always', 'scale-to': '4,3', experiments: 'baseline' },
  ...{ steady: '1s', hold: '1s', 'probe-interval': '100ms', 'max-recovery': '1m', 'min-availability': '0' },
};
const phases = [
  'preflight',
  'deploy',
  'verify',
  'scale-1',
  'scale-2',
  'autoscale',
  'chaos-baseline',
  'verify-2',
  'teardown',
];
const passed = (count: number): readonly string[] => phases.slice(0, count).map(name => `${name} passed`);

async function start(operation: 'e2e' | 'preflight' = 'e2e'): Promise<OperationBench> {
  const bench = await OperationBench.start(operation);
  const clientVersion = { major: '1', minor: '34', gitVersion: 'v1.34.0' };
  bench.runner.on('kubectl version', { stdout: JSON.stringify({ clientVersion }) });
  return bench;
}

describe('e2e', () => {
  it('runs its phases in order, guards the namespace from before it is made, and deletes it', async () => {
    await using bench = await start();
    expect(await bench.run('e2e', given)).toBeUndefined();
    expect(bench.phases()).toEqual(passed(phases.length));
    expect([bench.steps[0], bench.steps.at(-1)]).toEqual([
      'PATCH namespaces/ns (namespace)',
      'DELETE namespaces/ns (namespace)',
    ]);
    expect(bench.steps.every(step => step.endsWith('namespace)'))).toBe(true);
    expect([bench.output('deleted'), bench.output('verdict'), bench.left()]).toEqual([true, 'pass', []]);
  });

  it('keeps a namespace that was there before', async () => {
    await using bench = await start();
    bench.cluster.put(namespaces, { metadata: { name: 'ns' } });
    expect(await bench.run('e2e', given)).toBeUndefined();
    expect([bench.output('deleted'), bench.left()]).toEqual([false, []]);
    expect(bench.steps.some(step => step.includes('namespaces/ns'))).toBe(false);
  });

  it('deletes nothing, and guards nothing, with teardown never', async () => {
    await using bench = await start();
    expect(await bench.run('e2e', { ...given, teardown: 'never' })).toBeUndefined();
    expect(bench.phases()).toEqual(passed(phases.length - 1));
    expect([bench.steps[0], bench.output('deleted')]).toEqual(['PATCH namespaces/ns', undefined]);
  });

  it.each([
    ['deploy', 1, 'PATCH statefulsets/migratorydata'],
    ['scale-1', 3, 'PATCH statefulsets/migratorydata/scale'],
    ['autoscale', 5, 'PATCH horizontalpodautoscalers/'],
    ['chaos-baseline', 6, 'POST configmaps'],
    ['teardown', 8, 'DELETE namespaces/ns'],
  ])('that fails in %s leaves the namespace to be deleted, and runs no later phase', async (phase, before, step) => {
    await using bench = await start();
    bench.failAt(step);
    expect((await bench.run('e2e', given))?.code).toBe('api-forbidden');
    expect(bench.phases()).toEqual([...passed(before), `${phase} failed`]);
    expect([bench.left(), bench.output('deleted')]).toEqual([['namespace'], undefined]);
  });

  it.each([
    ['deploy', 1, 'PATCH statefulsets/migratorydata', ['namespace']],
    ['scale-1', 3, 'PATCH statefulsets/migratorydata/scale', ['namespace']],
    ['chaos-baseline', 6, 'POST configmaps', ['experiment', 'lock', 'lock', 'namespace']],
    ['teardown', 8, 'DELETE namespaces/ns', ['namespace']],
  ])('that is cancelled in %s leaves to the post phase what is to be undone', async (phase, before, step, left) => {
    await using bench = await start();
    bench.cancelAt(step);
    expect((await bench.run('e2e', given))?.code).toBe('cancelled');
    expect([bench.phases(), bench.left()]).toEqual([[...passed(before), `${phase} failed`], left]);
  });

  it('changes nothing when its preflight fails', async () => {
    await using bench = await OperationBench.start('e2e');
    const clientVersion = { major: '1', minor: '26', gitVersion: 'v1.26.0' };
    bench.runner.on('kubectl version', { stdout: JSON.stringify({ clientVersion }) });
    expect((await bench.run('e2e', given))?.code).toBe('tool-too-old');
    expect([bench.phases(), bench.steps, bench.left()]).toEqual([['preflight failed'], [], []]);
    expect(bench.cluster.received).toEqual([]);
  });
});

describe('preflight', () => {
  it('looks at kubectl and the API server, and changes nothing', async () => {
    await using bench = await start('preflight');
    expect(await bench.run('preflight')).toBeUndefined();
    expect([bench.phases(), bench.steps, bench.left()]).toEqual([['preflight passed'], [], []]);
    expect(bench.cluster.received.map(({ path }) => path)).toEqual(['/version']);
  });

  it('gives an API server that does not answer half a minute', async () => {
    await using bench = await start('preflight');
    bench.cluster.scripts.unshift(({ path }, response) => {
      if (path === '/version') response.destroy();
      return path === '/version';
    });
    expect((await bench.run('preflight'))?.code).toBe('api-unreachable');
    expect(bench.clock.now()).toBeGreaterThan(25_000);
    expect(bench.clock.now()).toBeLessThanOrEqual(30_000);
    expect(bench.phases()).toEqual(['preflight failed']);
  });
});
