import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ordinalOf } from '../../../src/kubernetes/pods.js';
import { isSeed, memberAddress, memberList, memberName } from '../../../src/migratorydata/membership.js';
import { defaults, deploymentWith } from './samples.js';

const ordinal = fc.nat({ max: 99 });

describe('the members', () => {
  it('are listed in order, up to the maximum', () => {
    expect(memberList(deploymentWith({ maxReplicas: 3, clusterDomain: 'corp.example' }))).toEqual([
      'migratorydata-0.migratorydata-hs.migratory.svc.corp.example:8801',
      'migratorydata-1.migratorydata-hs.migratory.svc.corp.example:8801',
      'migratorydata-2.migratorydata-hs.migratory.svc.corp.example:8801',
    ]);
  });

  it('have one entry each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), maxReplicas => {
        const list = memberList(deploymentWith({ maxReplicas }));
        expect(new Set(list).size).toBe(maxReplicas);
      }),
    );
  });

  it('keep their position in the list when the maximum increases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 50 }), (maxReplicas, more) => {
        const longer = memberList(deploymentWith({ maxReplicas: maxReplicas + more }));
        expect(longer.slice(0, maxReplicas)).toEqual(memberList(deploymentWith({ maxReplicas })));
      }),
    );
  });

  it('find their entry by their pod name', () => {
    fc.assert(
      fc.property(ordinal, position => {
        const name = memberName('migratorydata', position);
        expect(ordinalOf(name)).toBe(position);
        expect(memberList(deploymentWith({ maxReplicas: 100 }))[position]).toBe(memberAddress(name, defaults));
      }),
    );
  });
});

describe('the seeds', () => {
  it('are the first members of the list, and no other pods', () => {
    fc.assert(
      fc.property(ordinal, fc.integer({ min: 1, max: 5 }), (position, seedMembers) => {
        expect(isSeed(memberName('migratorydata', position), { name: 'migratorydata', seedMembers })).toBe(
          position < seedMembers,
        );
        expect(isSeed(`other-${position}`, { name: 'migratorydata', seedMembers })).toBe(false);
      }),
    );
    expect(isSeed('migratorydata', { name: 'migratorydata', seedMembers: 3 })).toBe(false);
  });
});
