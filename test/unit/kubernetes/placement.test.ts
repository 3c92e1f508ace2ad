import { describe, expect, it } from '@jest/globals';
import type { Node, Pod, PodSpec, StatefulSet, Taint } from '../../../src/kubernetes/api/types.js';
import { describeMismatch, describeObstacle, maxSkewOf, roomOn } from '../../../src/kubernetes/placement.js';
import { setOf } from './samples.js';

const linux = { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
const app = { app: 'migratorydata' };

/** The members as they are rendered, with changes by patches. */
function membersWith(more: PodSpec = {}): StatefulSet {
  const container = { name: 'migratorydata', resources: { requests: { cpu: '500m', memory: '256Mi' } } };
  const spec = { nodeSelector: linux, containers: [container], ...more };
  const set = setOf(3);
  return {
    ...set,
    spec: { ...set.spec, template: { metadata: { labels: app }, spec: spec } },
  };
}

interface NodeChanges {
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly cordoned?: true;
  readonly ready?: false;
  readonly allocatable?: Readonly<Record<string, string>>;
}

function nodeWith({ labels = linux, taints = [], cordoned, ready, allocatable }: NodeChanges = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels },
    spec: { taints, ...(cordoned && { unschedulable: true }) },
    status: {
      conditions: [{ type: 'Ready', status: ready === false ? 'Unknown' : 'True' }],
      ...(allocatable && { allocatable }),
    },
  };
}

function podWith(requests: Record<string, string>, more: Partial<Pod> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'other', namespace: 'shop' },
    spec: { containers: [{ name: 'c', resources: { requests } }] },
    status: { phase: 'Running' },
    ...more,
  };
}

const taint = (key: string, effect = 'NoSchedule', value?: string): Taint => ({
  ...{ key, effect },
  ...(value === undefined ? {} : { value }),
});
const refusedTaint = (text: string): string => `it has the taint ${text}, which the members do not tolerate`;

describe('where a member can run', () => {
  it('is a Ready node of its architecture with room', () => {
    const node = nodeWith({ allocatable: { cpu: '1900m', memory: '5Gi', pods: '110' } });
    expect(describeObstacle(membersWith(), node, [podWith({ cpu: '1400m', memory: '1Gi' })])).toBeUndefined();
  });

  it.each<[string, NodeChanges, string]>([
    ['not Ready', { ready: false }, 'it is not Ready'],
    ['cordoned', { cordoned: true }, 'it is cordoned'],
    [
      'of Windows',
      { labels: { ...linux, 'kubernetes.io/os': 'windows' } },
      'its label kubernetes.io/os is windows, and the members need linux',
    ],
    [
      'of arm64',
      { labels: { ...linux, 'kubernetes.io/arch': 'arm64' } },
      'its label kubernetes.io/arch is arm64, and the members need amd64',
    ],
    ['without labels', { labels: {} }, 'its label kubernetes.io/os is missing, and the members need linux'],
  ])('is not a node that is %s', (_what, changes, obstacle) => {
    expect(describeObstacle(membersWith(), nodeWith(changes))).toBe(obstacle);
  });

  it.each<[Taint, string]>([
    [taint('CriticalAddonsOnly', 'NoSchedule', 'true'), refusedTaint('CriticalAddonsOnly=true:NoSchedule')],
    [
      taint('kubernetes.azure.com/scalesetpriority', 'NoSchedule', 'spot'),
      refusedTaint('kubernetes.azure.com/scalesetpriority=spot:NoSchedule'),
    ],
    [
      taint('virtual-kubelet.io/provider', 'NoSchedule', 'azure'),
      refusedTaint('virtual-kubelet.io/provider=azure:NoSchedule'),
    ],
    [taint('node.kubernetes.io/disk-pressure'), refusedTaint('node.kubernetes.io/disk-pressure:NoSchedule')],
    [
      taint('node.kubernetes.io/out-of-service', 'NoExecute', 'nodeshutdown'),
      'it is not in service: n still has the taint node.kubernetes.io/out-of-service:NoExecute',
    ],
    [
      taint('node.cloudprovider.kubernetes.io/shutdown'),
      'it is not in service: n still has the taint node.cloudprovider.kubernetes.io/shutdown:NoSchedule',
    ],
    [
      taint('ToBeDeletedByClusterAutoscaler', 'NoSchedule', '1'),
      'it is not in service: n still has the taint ToBeDeletedByClusterAutoscaler:NoSchedule',
    ],
    [
      taint('DeletionCandidateOfClusterAutoscaler', 'PreferNoSchedule', '1'),
      refusedTaint('DeletionCandidateOfClusterAutoscaler=1:PreferNoSchedule'),
    ],
  ])('is not a node with the taint %j', (one, obstacle) => {
    expect(describeObstacle(membersWith(), nodeWith({ taints: [one] }))).toBe(obstacle);
  });

  it.each<[string, Taint, NonNullable<PodSpec['tolerations']>, boolean]>([
    ['its key and value', taint('team', 'NoSchedule', 'push'), [{ key: 'team', value: 'push' }], true],
    ['its key', taint('team', 'NoExecute', 'push'), [{ key: 'team', operator: 'Exists' }], true],
    ['everything', taint('team'), [{ operator: 'Exists' }], true],
    ['another value', taint('team', 'NoSchedule', 'push'), [{ key: 'team', value: 'shop' }], false],
    ['another effect', taint('team', 'NoExecute'), [{ key: 'team', operator: 'Exists', effect: 'NoSchedule' }], false],
    [
      'it for a while',
      taint('team', 'NoExecute'),
      [{ key: 'team', operator: 'Exists', tolerationSeconds: 300 }],
      false,
    ],
    ['nothing, but the effect only prefers other nodes', taint('team', 'PreferNoSchedule'), [], true],
    [
      'everything, but the node is about to go',
      taint('DeletionCandidateOfClusterAutoscaler'),
      [{ operator: 'Exists' }],
      false,
    ],
  ])('depends on tolerations: %s', (_what, one, tolerations, expected) => {
    const obstacle = describeObstacle(membersWith({ tolerations }), nodeWith({ taints: [one] }));
    expect(obstacle === undefined).toBe(expected);
  });

  it.each([
    ['In', ['gold'], true],
    ['In', ['tin'], false],
    ['NotIn', ['gold'], false],
    ['Exists', [], true],
    ['DoesNotExist', [], false],
    ['Unknown', ['gold'], false],
  ])('depends on the required node affinity: %s %j', (operator, values, expected) => {
    const nodeSelectorTerms = [{}, { matchExpressions: [{ key: 'class', operator, values }] }];
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
    const set = membersWith({ affinity: { nodeAffinity: required } });
    const obstacle = describeObstacle(set, nodeWith({ labels: { ...linux, class: 'gold' } }));
    expect(obstacle).toBe(expected ? undefined : 'it does not match the node affinity that the members require');
  });

  it.each<[string, readonly Pod[], string | undefined]>([
    ['nothing else', [], undefined],
    ['CPU', [podWith({ cpu: '1450m' })], 'it has 450m CPU left, and a member requests 500m CPU'],
    ['memory', [podWith({ memory: '900Mi' })], 'it has 124 MiB memory left, and a member requests 256 MiB memory'],
    ['pods', Array.from({ length: 3 }, () => podWith({})), 'it has 0 pods left, and a member requests 1 pods'],
    ['pods that have ended', Array.from({ length: 3 }, () => podWith({}, { status: { phase: 'Failed' } })), undefined],
  ])('depends on the resources that are left beside %s', (_what, pods, obstacle) => {
    const node = nodeWith({ allocatable: { cpu: '1900m', memory: '1Gi', pods: '3' } });
    expect(describeObstacle(membersWith(), node, pods)).toBe(obstacle);
  });

  it('counts sidecars, init containers, overhead and limits without a request', () => {
    const container = (cpu: string, more: object = {}): object => ({ resources: { requests: { cpu } }, ...more });
    const spec = {
      initContainers: [container('300m', { restartPolicy: 'Always' }), container('1')],
      containers: [container('400m'), { resources: { limits: { cpu: '500m' } } }],
      overhead: { cpu: '100m' },
    };
    const node = nodeWith({ allocatable: { cpu: '3', pods: '9' } });
    // 300m and 1 at the start, which is more than 300m, 400m and 500m later; and 100m.
    const obstacle = describeObstacle(membersWith(spec as PodSpec), node, [podWith({ cpu: '1700m' })]);
    expect(obstacle).toBe('it has 1300m CPU left, and a member requests 1400m CPU');
    expect(describeObstacle(membersWith(spec as PodSpec), node, [podWith({ cpu: '1600m' })])).toBeUndefined();
  });

  it('holds as many members as fit, and one where they must not share a node', () => {
    const node = nodeWith({ allocatable: { cpu: '1900m', memory: '5Gi', pods: '110' } });
    expect(roomOn(membersWith(), node, []).pods).toBe(3);
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: app } };
    const apart = membersWith({
      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } },
    });
    expect(roomOn(apart, node, []).pods).toBe(1);
    const neighbour = podWith({}, { metadata: { name: 'migratorydata-0', namespace: 'ns', labels: app } });
    expect(roomOn(apart, node, [neighbour])).toEqual({
      pods: 0,
      obstacle: 'it runs migratorydata-0, and members must not share a node',
    });
    const foreign = podWith({}, { metadata: { name: 'x', namespace: 'other', labels: app } });
    expect(roomOn(apart, node, [foreign]).pods).toBe(1);
  });

  it('holds any number where the node does not state its resources', () => {
    expect(roomOn(membersWith(), nodeWith(), []).pods).toBe(Infinity);
  });

  it('is limited by a strict spread over nodes only', () => {
    const constraint = (topologyKey: string, whenUnsatisfiable: string) => ({
      ...{ maxSkew: 1, topologyKey, whenUnsatisfiable, labelSelector: { matchLabels: app } },
    });
    const skewWith = (...topologySpreadConstraints: ReturnType<typeof constraint>[]): number =>
      maxSkewOf(membersWith({ topologySpreadConstraints }));
    expect(skewWith(constraint('kubernetes.io/hostname', 'DoNotSchedule'))).toBe(1);
    expect(skewWith(constraint('kubernetes.io/hostname', 'ScheduleAnyway'))).toBe(Infinity);
    expect(skewWith(constraint('topology.kubernetes.io/zone', 'DoNotSchedule'))).toBe(Infinity);
  });

  it('does not depend on cordons and conditions when only the kind of node is asked for', () => {
    const momentary = [taint('node.kubernetes.io/unschedulable'), taint('node.kubernetes.io/not-ready', 'NoExecute')];
    expect(
      describeMismatch(membersWith(), nodeWith({ cordoned: true, ready: false, taints: momentary })),
    ).toBeUndefined();
    expect(describeMismatch(membersWith(), nodeWith({ taints: [taint('CriticalAddonsOnly')] }))).toBe(
      refusedTaint('CriticalAddonsOnly:NoSchedule'),
    );
  });
});
