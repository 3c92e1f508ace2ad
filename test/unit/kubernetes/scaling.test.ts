import { describe, expect, it } from '@jest/globals';
import type { HorizontalPodAutoscaler } from '../../../src/kubernetes/api/types.js';
import { readAutoscaler, readPodCpu, waitForMetrics } from '../../../src/kubernetes/autoscaler.js';
import { parseCpuMillicores } from '../../../src/kubernetes/quantity.js';
import { scaleTo } from '../../../src/kubernetes/scaling.js';
import { membersOf } from '../../../src/migratorydata/object-names.js';
import { FakeCluster } from './fake-cluster.js';
import { statefulSets } from './samples.js';
import { playController } from './stateful-set-controller.js';

const members = membersOf({ namespace: 'ns', name: 'migratorydata' });
const limits = { remainingMs: () => 5_000, autoscaled: false, redact: (text: string) => text };
const autoscalers = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';

const metrics = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
];

function autoscaler(name: string, target: string, status?: HorizontalPodAutoscaler['status']): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: 'ns' },
    spec: { minReplicas: 3, maxReplicas: 5, scaleTargetRef: { kind: 'StatefulSet', name: target }, metrics },
    ...(status ? { status } : {}),
  };
}

describe('scaling', () => {
  it('sets the replicas through the scale subresource and waits for the members', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    cluster.put(autoscalers, autoscaler('of-another', 'another'));
    const api = cluster.api();
    const up = await scaleTo(api, members, 5, limits);
    expect([up.pods.length, up.autoscaler]).toEqual([5, undefined]);
    expect((await scaleTo(api, members, 4, limits)).pods).toHaveLength(4);
    expect(cluster.log.lines[0]).toBe('same as: kubectl scale -n ns statefulset/migratorydata --replicas=5');
  });

  it('sets the bounds of an autoscaler instead, and returns the former ones', async () => {
    await using cluster = await FakeCluster.start();
    playController(cluster, 3);
    cluster.put(autoscalers, autoscaler('h', 'migratorydata'));
    const reconcile = cluster.react;
    cluster.react = change => {
      const { spec } = cluster.get(`${autoscalers}/h`) as unknown as HorizontalPodAutoscaler;
      const set = cluster.get(`${statefulSets}/migratorydata`) as { spec?: object } | undefined;
      cluster.put(statefulSets, {
        ...set,
        metadata: { name: 'migratorydata', namespace: 'ns' },
        spec: { ...set?.spec, replicas: spec.minReplicas },
      });
      reconcile(change);
    };
    const { pods, autoscaler: found } = await scaleTo(cluster.api(), members, 4, limits);
    expect(pods).toHaveLength(4);
    expect(found).toMatchObject({ name: 'h', minReplicas: 3, maxReplicas: 5, annotations: {} });
    expect((cluster.get(`${autoscalers}/h`) as unknown as HorizontalPodAutoscaler).spec).toMatchObject({
      minReplicas: 4,
      maxReplicas: 4,
    });
    expect(cluster.received.some(({ path }) => path.endsWith('/scale'))).toBe(false);
  });
});

describe('the metric of an autoscaler', () => {
  const active = { type: 'ScalingActive', status: 'True' } as const;
  const currentMetrics = [{ resource: { name: 'cpu', current: { averageUtilization: 20 } } }];
  it.each([
    ['is live', { conditions: [active], currentMetrics, currentReplicas: 3, desiredReplicas: 4 }, 20],
    ['is missing', { conditions: [active] }, 'it has no CPU metric yet'],
    [
      'cannot be read',
      { conditions: [{ ...active, status: 'False', message: 'unable to get metrics' } as const] },
      'unable to get metrics',
    ],
    ['is not processed yet', undefined, 'the controller has not processed it yet'],
  ])('%s', (_, status, expected) => {
    const live = readAutoscaler(autoscaler('h', 'migratorydata', status));
    expect(typeof live === 'string' ? live : live.cpuPercent).toBe(expected);
  });

  it('is not needed where the autoscaler has other metrics', () => {
    const { spec, ...other } = autoscaler('h', 'migratorydata', { conditions: [active], desiredReplicas: 4 });
    const live = readAutoscaler({ ...other, spec: { ...spec, metrics: [{ type: 'Pods' }] } });
    expect(live).toMatchObject({ cpuPercent: undefined, cpuTarget: undefined, desiredReplicas: 4 });
  });

  it('is waited for, and the error contains the reason', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(
      autoscalers,
      autoscaler('h', 'migratorydata', { conditions: [{ ...active, status: 'False', message: 'no metrics API' }] }),
    );
    const api = cluster.api();
    const key = { namespace: 'ns', name: 'h' };
    await expect(waitForMetrics(api, key, { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'metrics-unavailable',
      message: expect.stringContaining('no metrics API') as unknown,
    });
    const result = waitForMetrics(api, key, { timeoutMs: 5_000 });
    cluster.put(
      autoscalers,
      autoscaler('h', 'migratorydata', {
        conditions: [active],
        currentMetrics,
        currentReplicas: 3,
        desiredReplicas: 3,
      }),
    );
    expect(await result).toEqual({ name: 'h', cpuPercent: 20, cpuTarget: 50, currentReplicas: 3, desiredReplicas: 3 });
  });
});

describe('CPU of pods', () => {
  it.each([
    ['250m', 250],
    ['1.5', 1500],
    ['12345678n', 12.345678],
    ['5u', 0.005],
    ['2k', 2_000_000],
  ])('reads %s as millicores', (quantity, millicores) => {
    expect(parseCpuMillicores(quantity)).toBeCloseTo(millicores, 6);
  });

  it.each(['1Gi', '', 'm'])('does not accept %p as a number', quantity => {
    expect(parseCpuMillicores(quantity)).toBeNaN();
  });

  it('adds the containers, and returns undefined without a metrics server', async () => {
    await using cluster = await FakeCluster.start();
    const containers = [
      { name: 'a', usage: { cpu: '100m' } },
      { name: 'b', usage: { cpu: '50500u' } },
    ];
    cluster.put('/apis/metrics.k8s.io/v1beta1/namespaces/ns/pods', { metadata: { name: 'm-0' }, containers });
    const api = cluster.api();
    expect(await readPodCpu(api, { namespace: 'ns' })).toEqual(new Map([['m-0', 151]]));
    cluster.scripts.push((_, response) => {
      response.writeHead(404).end('404 page not found');
      return true;
    });
    expect(await readPodCpu(api, { namespace: 'ns' })).toBeUndefined();
  });
});
