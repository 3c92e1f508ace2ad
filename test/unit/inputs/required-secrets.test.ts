import { describe, expect, it } from '@jest/globals';
import { problemsOf } from './read.js';

const given = { operation: 'deploy', 'license-key': 'license-0123456789' };
const why =
  'is empty, and require-secrets names it; check the name of the secret, and that the job may read it: a called workflow ' +
  'gets only what its caller passes under secrets:, and a secret of a GitHub environment only reaches a job that names ' +
  'the environment itself.';

describe('require-secrets', () => {
  it('accepts secrets that have a value', () => {
    expect(problemsOf({ ...given, 'require-secrets': 'license-key' })).toEqual([]);
  });

  it('reports each secret that is empty, together with all other problems', () => {
    const inputs = { ...given, 'require-secrets': 'cluster-password, license-key,entitlement-token', replicas: 'x' };
    expect(problemsOf({ ...inputs, 'entitlement-token': '  ' })).toEqual([
      expect.stringContaining('replicas "x": must be a whole number'),
      `cluster-password: ${why}`,
      `entitlement-token: ${why}`,
    ]);
  });

  it('applies to every operation', () => {
    expect(problemsOf({ operation: 'render', 'require-secrets': 'license-key' })).toEqual([`license-key: ${why}`]);
  });

  it.each(['licence-key', 'image', 'github-token'])('refuses a name that is no secret of a deployment: %s', name => {
    expect(problemsOf({ ...given, 'require-secrets': name })).toEqual([
      expect.stringMatching(/^require-secrets ".*": must be one of license-key, cluster-password, /),
    ]);
  });
});
