import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { manifestWarnings } from '../../../src/migratorydata/warnings.js';
import { defaults, deploymentWith, secrets } from './samples.js';

const calm: Partial<Deployment> = {
  replicas: 4,
  exposure: { ...defaults.exposure, sourceRanges: ['203.0.113.0/24'] },
};
const warningsOf = (changes: Partial<Deployment>): string => manifestWarnings(deploymentWith(changes)).join('\n');

describe('warnings about the manifests', () => {
  it('are none for a deployment with a member to spare and known clients', () => {
    expect(warningsOf(calm)).toBe('');
  });

  it('name the three ways out when the budget allows no disruption', () => {
    const text = warningsOf({ ...calm, replicas: 3 });
    expect(text).toContain('With 3 members and min-replicas 3 the disruption budget allows no disruption');
    for (const way of ['one member more', 'lower min-replicas', 'max-unavailable']) expect(text).toContain(way);
  });

  it('go by the members that there will be, not by those asked for', () => {
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
  ])('name %s', (_, changes, text) => {
    expect(manifestWarnings(deploymentWith({ ...calm, ...changes }))).toHaveLength(1);
    expect(warningsOf({ ...calm, ...changes })).toContain(text);
  });

  it('say that the token is known to all only where the default one is in force', () => {
    const open = { ...calm, exposure: defaults.exposure };
    expect(warningsOf(open)).toContain('they may also publish');
    expect(warningsOf({ ...open, rest: true })).not.toContain('they may also publish');
    expect(warningsOf({ ...open, secrets })).not.toContain('they may also publish');
  });

  it('are silent about an address that is not public, and a budget that always lets one go', () => {
    const internal = { ...defaults.exposure, serviceType: 'internal' } as const;
    expect(warningsOf({ exposure: internal, disruptionBudget: 'max-unavailable' })).toBe('');
  });
});
