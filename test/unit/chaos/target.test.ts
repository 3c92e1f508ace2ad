import { describe, expect, it } from '@jest/globals';
import type { Places } from '../../../src/chaos/places.js';
import { chooseTarget, type TargetCandidates, type TargetNeeds, type TargetNode } from '../../../src/chaos/target.js';
import type { Node, Pod, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { describeObstacle } from '../../../src/kubernetes/placement.js';
import { setOf } from '../kubernetes/samples.js';

function node(name: string, state: { ready?: boolean; cordoned?: boolean } = {}): Node {
  const { ready = true, cordoned = false } = state;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid-${name}` },
    spec: cordoned ? { unschedulable: true } : {},
    status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
  };
}

function member(ordinal: number, nodeName: string): Pod {
  const name = `migratorydata-${ordinal}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, uid: `uid-${name}` },
    spec: { nodeName, containers: [] },
    status: {},
  };
}

const providerID =
  'azure:///subscriptions/s/resourceGroups/MC/providers/Microsoft.Compute/virtualMachineScaleSets/v/virtualMachines/0';
const needs: TargetNeeds = { others: 1, nonGraceful: false, machine: false };
const nonGraceful: TargetNeeds = { others: 2, nonGraceful: true, machine: true };
const isSeed = (name: string): boolean => Number(name.split('-').pop()) < 3;

/** Chooses among the nodes with members; there is room for `room` members on each node where one can run. */
function choose(
  nodes: readonly Node[],
  members: readonly Pod[],
  { room = 9, statefulSet = setOf(3), ...more }: Partial<TargetCandidates> & { readonly room?: number } = {},
): TargetNode {
  const countOn = ({ metadata }: Node): number => members.filter(({ spec }) => spec.nodeName === metadata.name).length;
  const obstacles = new Map<string, string[]>();
  const found: Places['found'][number][] = [];
  for (const one of nodes) {
    const obstacle = describeObstacle(statefulSet, one);
    if (obstacle === undefined) found.push({ node: one, members: countOn(one), room });
    else obstacles.set(obstacle, [...(obstacles.get(obstacle) ?? []), one.metadata.name]);
  }
  const places = { found, obstacles };
  const rest = { isSeed, seedMembers: 3, needs, wanted: '', mayGrow: false, ...more };
  return chooseTarget({ nodes: nodes.filter(one => countOn(one) > 0), members, statefulSet, places, ...rest });
}

describe('chooseTarget', () => {
  it.each([
    ['the first name among equals', [member(0, 'c'), member(1, 'b'), member(2, 'a')], 'a'],
    ['a node without a seed', [member(0, 'a'), member(1, 'a'), member(2, 'b'), member(3, 'c')], 'c'],
    ['the fewest seeds before the fewest members', [member(0, 'a'), member(3, 'b'), member(4, 'b')], 'b'],
    ['only nodes that hold a member', [member(0, 'c')], 'c'],
  ])('chooses %s', (_what, members, expected) => {
    const nodes = [node('a'), node('b'), node('c')];
    expect(choose(nodes, members).name).toBe(expected);
  });

  it('returns the wanted node with its members and their seeds', () => {
    const nodes = [node('a'), node('b')];
    const members = [member(3, 'b'), member(1, 'b'), member(0, 'a')];
    expect(choose(nodes, members, { wanted: 'b' })).toMatchObject({
      name: 'b',
      uid: 'uid-b',
      providerId: '',
      members: [
        { name: 'migratorydata-1', uid: 'uid-migratorydata-1', seed: true },
        { name: 'migratorydata-3', uid: 'uid-migratorydata-3', seed: false },
      ],
    });
  });

  it.each([
    ['gone', [node('a'), node('b')], 'it runs no member; the members run on a'],
    ['a', [node('a', { ready: false }), node('b')], 'it is not Ready'],
    ['a', [node('a', { cordoned: true }), node('b')], 'it is already cordoned'],
    ['b', [node('a'), node('b')], 'it runs no member; the members run on a'],
    ['a', [node('a')], 'no other node can run its members'],
    ['a', [node('a'), node('b', { cordoned: true })], 'no other node can run its members (b: it is cordoned)'],
  ])('refuses the wanted node %s with the reason', (wanted, nodes, reason) => {
    expect(() => choose(nodes, [member(0, 'a')], { wanted })).toThrow(`target-node "${wanted}" is refused: ${reason}.`);
  });

  it.each([
    [
      'more seeds than may fail',
      [node('a'), node('b'), node('c')],
      [member(0, 'a'), member(1, 'a')],
      'it runs 2 of 3 seed',
    ],
    ['too few others', [node('a'), node('b')], [member(0, 'a')], 'fewer than 2 other nodes can run its members'],
    [
      'no instance',
      [node('a'), node('b'), node('c')],
      [member(0, 'a')],
      'it has no provider id, so its machine is not',
    ],
  ])('refuses, for a non-graceful fault, %s', (_what, nodes, members, reason) => {
    const withMachines = reason.includes('provider') ? nodes : nodes.map(one => ({ ...one, spec: { providerID } }));
    expect(() => choose(withMachines, members, { needs: nonGraceful, wanted: 'a' })).toThrow(reason);
  });

  it('counts only nodes that can run members: a power-off of the only one is refused', () => {
    const critical = [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }];
    const others = ['sys-0', 'sys-1', 'sys-2'].map(name => ({ ...node(name), spec: { taints: critical } }));
    const nodes = [...others, { ...node('user-0'), spec: { providerID } }];
    expect(() => choose(nodes, [member(0, 'user-0')], { needs: nonGraceful })).toThrow(
      'No node is suitable for the experiment: user-0: fewer than 2 other nodes can run its members (sys-0 and 2 more: it has the taint CriticalAddonsOnly=true:NoSchedule, which the members do not tolerate).',
    );
  });

  it('requires room for all members of the target, unless an autoscaler may add a node', () => {
    const nodes = [node('a'), node('b'), node('c')];
    const members = [member(0, 'a'), member(1, 'a'), member(2, 'b')];
    expect(choose(nodes, members, { wanted: 'a', room: 1 }).name).toBe('a');
    expect(() => choose(nodes.slice(0, 2), members, { wanted: 'a', room: 1 })).toThrow('have no room for its members');
    expect(choose(nodes.slice(0, 2), members, { wanted: 'a', room: 1, mayGrow: true }).name).toBe('a');
  });

  it('finds room where a strict spread allows a member: on the nodes with the fewest', () => {
    const labels = { app: 'migratorydata' };
    const spread = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' };
    const { spec, ...set } = setOf(3);
    const template = {
      metadata: { labels },
      spec: { topologySpreadConstraints: [{ ...spread, labelSelector: { matchLabels: labels } }] },
    };
    const statefulSet: StatefulSet = { ...set, spec: { ...spec, template } };
    const members = [member(0, 'a'), member(1, 'a'), member(2, 'b'), member(3, 'c')];
    const nodes = [node('a'), node('b'), node('c')];
    expect(choose(nodes, members, { wanted: 'a', room: 1, statefulSet }).name).toBe('a');
    // The member of b has to go to d, which has none; c has room that it may not use.
    const more = [...nodes, node('d')];
    expect(choose(more, members, { wanted: 'b', room: 1, statefulSet }).name).toBe('b');
    expect(() => choose(more, members, { wanted: 'a', room: 1, statefulSet })).toThrow('have no room for its members');
  });

  it('refuses a control plane node, unless there are no others, and a node with a revert record', () => {
    const labelled = (name: string, labels: Record<string, string>, annotations: Record<string, string> = {}): Node => {
      const made = node(name);
      return { ...made, metadata: { ...made.metadata, labels, annotations } };
    };
    const role = { 'node-role.kubernetes.io/control-plane': '' };
    const chooseA = (nodes: readonly Node[]): TargetNode => choose(nodes, [member(0, 'a')], { wanted: 'a' });
    expect(() => chooseA([labelled('a', role), node('b')])).toThrow('it runs the control plane');
    expect(chooseA([labelled('a', role), labelled('b', role)])).toMatchObject({ name: 'a' });
    const withRecord = labelled('a', {}, { 'migratorydata-aks/mark': '{}' });
    expect(() => chooseA([withRecord, node('b')])).toThrow('it has the revert record of another experiment');
  });

  it('names the reason for each node when no node is suitable', () => {
    const nodes = [node('a', { cordoned: true }), node('b', { ready: false })];
    expect(() => choose(nodes, [member(0, 'a'), member(1, 'b')])).toThrow(
      'No node is suitable for the experiment: a: it is already cordoned; b: it is not Ready.',
    );
  });
});
