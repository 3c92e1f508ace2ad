import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { manifestWarnings } from '../../../src/migratorydata/warnings.js';
import { defaults, deploymentWith, secrets } from './samples.js';

const calm: Partial<Deployment> = {
  replicas: 4,
  exposure: { ...defaults.exposure, sourceRanges: ['203.0.113.0/24'] },
};
const warningsOf = (changes: Partial<Deployment>): string => manifestWarnings(deploymentWith(changes)).join('\n');

describe('manifestWarnings', () => {
  it('returns none for a deployment with a spare member and known clients', () => {
    expect(warningsOf(calm)).toBe('');
  });

  it('lists the three solutions if the budget allows no disruption', () => {
    const text = warningsOf({ ...calm, replicas: 3 });
    expect(text).toContain('With 3 members and min-replicas 3 the disruption budget allows no disruption');
    for (const solution of ['one more member', 'lower min-replicas', 'max-unavailable'])
      expect(text).toContain(solution);
  });

  it('uses the final number of members, not the requested one', () => {
    expect(manifestWarnings(deploymentWith({ ...calm, replicas: 3 }), 4)).toEqual([]);
    expect(manifestWarnings(deploymentWith(calm), 3)).toHaveLength(1);
  });

  it.each<[string, Partial<Deployment>, string]>([
    ['an image that may change', { image: 'migratorydata/server:latest' }, 'image migratorydata/server:latest'],
    [
      'too little memory',
      { memory: '256MB', memoryRequest: '256Mi' },
      'memory-request 256Mi is not above memory 256MB',
    ],
    ['an open address', { exposure: defaults.exposure }, 'Everyone can connect to the public address on port 80'],
  ])('warns about %s', (_, changes, text) => {
    expect(manifestWarnings(deploymentWith({ ...calm, ...changes }))).toHaveLength(1);
    expect(warningsOf({ ...calm, ...changes })).toContain(text);
  });

  it('mentions the public token only if the default one is used', () => {
    const open = { ...calm, exposure: defaults.exposure };
    expect(warningsOf(open)).toContain('everyone can also publish');
    expect(warningsOf({ ...open, rest: true })).not.toContain('everyone can also publish');
    expect(warningsOf({ ...open, secrets })).not.toContain('everyone can also publish');
  });

  it('returns none for an address that is not public, and a budget that always allows one eviction', () => {
    const internal = { ...defaults.exposure, serviceType: 'internal' } as const;
    expect(warningsOf({ exposure: internal, disruptionBudget: 'max-unavailable' })).toBe('');
  });
});
