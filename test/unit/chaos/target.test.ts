import { describe, expect, it } from '@jest/globals';
import { chooseTarget } from '../../../src/chaos/target.js';
import type { Node, Pod } from '../../../src/kubernetes/types.js';

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
const needs = { others: 1, nonGraceful: false, machine: false };
const isSeed = (name: string): boolean => Number(name.split('-').pop()) < 3;

describe('chooseTarget', () => {
  it.each([
    ['the first name among equals', [member(0, 'c'), member(1, 'b'), member(2, 'a')], 'a'],
    ['a node without a seed', [member(0, 'a'), member(1, 'a'), member(2, 'b'), member(3, 'c')], 'c'],
    ['the fewest seeds before the fewest members', [member(0, 'a'), member(3, 'b'), member(4, 'b')], 'b'],
    ['only nodes that hold a member', [member(0, 'c')], 'c'],
  ])('chooses %s', (_what, members, expected) => {
    const nodes = [node('a'), node('b'), node('c')];
    expect(chooseTarget({ nodes, members, isSeed, seedMembers: 3, needs, wanted: '' }).name).toBe(expected);
  });

  it('returns the wanted node with its members and their seeds', () => {
    const nodes = [node('a'), node('b')];
    const members = [member(3, 'b'), member(1, 'b'), member(0, 'a')];
    expect(chooseTarget({ nodes, members, isSeed, seedMembers: 3, needs, wanted: 'b' })).toMatchObject({
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
    ['gone', [node('a'), node('b')], 'the cluster has no such node; it has a, b'],
    ['a', [node('a', { ready: false }), node('b')], 'it is not Ready'],
    ['a', [node('a', { cordoned: true }), node('b')], 'it is already cordoned'],
    ['b', [node('a'), node('b')], 'it runs no member'],
    ['a', [node('a'), node('b', { cordoned: true })], 'no other node is Ready for its members'],
  ])('refuses the wanted node %s with the reason', (wanted, nodes, reason) => {
    const choose = (): unknown =>
      chooseTarget({ nodes, members: [member(0, 'a')], isSeed, seedMembers: 3, needs, wanted });
    expect(choose).toThrow(`target-node "${wanted}" is refused: ${reason}.`);
  });

  it.each([
    [
      'more seeds than may fail',
      [node('a'), node('b'), node('c')],
      [member(0, 'a'), member(1, 'a')],
      'it runs 2 of 3 seed',
    ],
    ['too few others', [node('a'), node('b')], [member(0, 'a')], 'only 1 other nodes are Ready, and 2 are needed'],
    [
      'no instance',
      [node('a'), node('b'), node('c')],
      [member(0, 'a')],
      'it has no provider id, so its machine is not',
    ],
  ])('refuses, for a non-graceful fault, %s', (_what, nodes, members, reason) => {
    const nonGraceful = { others: 2, nonGraceful: true, machine: true };
    const withMachines = reason.includes('provider') ? nodes : nodes.map(one => ({ ...one, spec: { providerID } }));
    const choose = (): unknown =>
      chooseTarget({ nodes: withMachines, members, isSeed, seedMembers: 3, needs: nonGraceful, wanted: 'a' });
    expect(choose).toThrow(reason);
  });

  it('refuses a control plane node, unless there are no others, and a node with a revert record', () => {
    const labelled = (name: string, labels: Record<string, string>, annotations: Record<string, string> = {}): Node => {
      const made = node(name);
      return { ...made, metadata: { ...made.metadata, labels, annotations } };
    };
    const role = { 'node-role.kubernetes.io/control-plane': '' };
    const choose = (nodes: readonly Node[]): unknown =>
      chooseTarget({ nodes, members: [member(0, 'a')], isSeed, seedMembers: 3, needs, wanted: 'a' });
    expect(() => choose([labelled('a', role), node('b')])).toThrow('it runs the control plane');
    expect(choose([labelled('a', role), labelled('b', role)])).toMatchObject({ name: 'a' });
    const withRecord = labelled('a', {}, { 'migratorydata-aks/mark': '{}' });
    expect(() => choose([withRecord, node('b')])).toThrow('it has the revert record of another experiment');
  });

  it('names the reason for each node when no node is suitable', () => {
    const nodes = [node('a', { cordoned: true }), node('b', { ready: false })];
    expect(() => chooseTarget({ nodes, members: [member(0, 'a')], isSeed, seedMembers: 3, needs, wanted: '' })).toThrow(
      'No node is suitable for the experiment: a: it is already cordoned; b: it is not Ready.',
    );
  });
});
