import { describe, expect, it } from '@jest/globals';
import { createCpuModel } from './cpu-model.js';
import { answerMetrics, type MetricsSource, selectorOf } from './metrics-answers.js';

const serving = (count: number): { name: string; serves: boolean }[] =>
  Array.from({ length: count }, (_, ordinal) => ({ name: `p-${ordinal}`, serves: true }));

describe('the CPU model', () => {
  it('shares the load among the running members: the more members, the less for each', () => {
    const model = createCpuModel();
    model.setLoad({ totalMillicores: 1500 });
    expect(model.usageOf(serving(3)).get('p-0')).toBe(520);
    expect(model.usageOf(serving(5)).get('p-0')).toBe(320);
    expect(model.usageOf([...serving(3), { name: 'starting', serves: false }]).get('starting')).toBe(20);
  });

  it('is idle without load, and uses a fixed value for one pod until it is removed', () => {
    const model = createCpuModel();
    model.setPodUsage('p-1', 450);
    expect([...model.usageOf(serving(2)).values()]).toEqual([20, 450]);
    model.setPodUsage('p-1', undefined);
    expect([...model.usageOf(serving(2)).values()]).toEqual([20, 20]);
  });
});

describe('the metrics API', () => {
  const usage = { nodeName: 'n', container: 'migratorydata', millicores: 20, memory: '256Mi' };
  const pods = [
    { ...usage, metadata: { name: 'a', namespace: 'one', labels: { app: 'migratorydata' } } },
    { ...usage, metadata: { name: 'b', namespace: 'two', labels: { app: 'other' } } },
  ];
  const source: MetricsSource = {
    pods: () => pods,
    nodes: () => [{ metadata: { name: 'n' }, millicores: 120, memory: '1Gi' }],
  };
  const names = async (path: string): Promise<unknown> => {
    const { code, body } = await answerMetrics(new URL(path, 'https://metrics/'), source);
    const { items, metadata } = body as { items?: { metadata: { name: string } }[]; metadata?: { name?: string } };
    return code === 200 ? (items?.map(item => item.metadata.name) ?? metadata?.name) : code;
  };
  it.each([
    ['/apis/metrics.k8s.io/v1beta1/pods', ['a', 'b']],
    ['/apis/metrics.k8s.io/v1beta1/namespaces/one/pods', ['a']],
    ['/apis/metrics.k8s.io/v1beta1/namespaces/two/pods?labelSelector=app%3Dmigratorydata', []],
    ['/apis/metrics.k8s.io/v1beta1/namespaces/one/pods/a', 'a'],
    ['/apis/metrics.k8s.io/v1beta1/namespaces/one/pods/b', 404],
    ['/apis/metrics.k8s.io/v1beta1/nodes', ['n']],
    ['/apis/metrics.k8s.io/v1beta1/secrets', 404],
    ['/openapi/v2', 404],
  ])('%s → %j', async (path, expected) => {
    expect(await names(path)).toEqual(expected);
  });

  it.each([
    ['', true],
    ['app=x', true],
    ['app==x', true],
    ['app!=x', false],
    ['app', true],
    ['!app', false],
    ['!other,app=x', true],
    ['app=x,tier=y', false],
  ])('selector "%s" on app=x: %s', (selector, expected) => {
    expect(selectorOf(selector)({ app: 'x' })).toBe(expected);
  });
});
