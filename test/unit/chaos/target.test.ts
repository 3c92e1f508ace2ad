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

const isSeed = (name: string): boolean => Number(name.split('-').pop()) < 3;

describe('chooseTarget', () => {
  it.each([
    ['the first name among equals', [member(0, 'c'), member(1, 'b'), member(2, 'a')], 'a'],
    ['a node without a seed', [member(0, 'a'), member(1, 'a'), member(2, 'b'), member(3, 'c')], 'c'],
    ['the fewest seeds before the fewest members', [member(0, 'a'), member(3, 'b'), member(4, 'b')], 'b'],
    ['only nodes that hold a member', [member(0, 'c')], 'c'],
  ])('chooses %s', (_what, members, expected) => {
    const nodes = [node('a'), node('b'), node('c')];
    expect(chooseTarget({ nodes, members, isSeed, wanted: '' }).name).toBe(expected);
  });

  it('takes the wanted node with its members, seeds marked', () => {
    const nodes = [node('a'), node('b')];
    const members = [member(3, 'b'), member(1, 'b'), member(0, 'a')];
    expect(chooseTarget({ nodes, members, isSeed, wanted: 'b' })).toEqual({
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
    ['a', [node('a', { cordoned: true }), node('b')], 'it is cordoned already'],
    ['b', [node('a'), node('b')], 'it holds no member'],
    ['a', [node('a'), node('b', { cordoned: true })], 'no other node is Ready to take its members'],
  ])('refuses the wanted node %s with the reason', (wanted, nodes, reason) => {
    const choose = (): unknown => chooseTarget({ nodes, members: [member(0, 'a')], isSeed, wanted });
    expect(choose).toThrow(`target-node "${wanted}" is refused: ${reason}.`);
  });

  it('names the reason of every node when none is fit', () => {
    const nodes = [node('a', { cordoned: true }), node('b', { ready: false })];
    expect(() => chooseTarget({ nodes, members: [member(0, 'a')], isSeed, wanted: '' })).toThrow(
      'No node is fit for the experiment: a: it is cordoned already; b: it is not Ready.',
    );
  });
});
