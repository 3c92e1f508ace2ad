import { describe, expect, it } from '@jest/globals';
import { findLeaks, tellOn } from './leaks.js';

describe('findLeaks', () => {
  const secrets = { password: 'Password/4711+?' };

  it.each(tellOn(secrets.password).split('\n'))('finds a secret in %s', text => {
    expect(findLeaks(secrets, new Map([['log', text]]))).toEqual(['password: log']);
  });

  it('finds nothing in other words', () => {
    expect(findLeaks(secrets, new Map([['log', 'Password 4711, authorization: Basic dXM6b3RoZXI=']]))).toEqual([]);
  });
});
