import { describe, expect, it } from '@jest/globals';
import { findRunnerAddress, resolveRanges } from '../../../../src/azure/cluster/runner-address.js';
import type { Https, HttpsResponse } from '../../../../src/runtime/ports.js';
import { rejection } from '../fixtures.js';

const { signal } = new AbortController();

/** HTTPS through the proxy of the environment, with these answers. */
function answering(answer: (url: string) => Partial<HttpsResponse>): Https {
  return { send: ({ url }) => Promise.resolve({ status: 200, headers: {}, text: '', ...answer(url) }) };
}

describe('findRunnerAddress', () => {
  it('calls no service if the address is known', async () => {
    const https = answering(() => {
      throw new Error('asked');
    });
    expect(await findRunnerAddress(https, '203.0.113.7', signal)).toBe('203.0.113.7');
  });

  it('calls the next service if one does not return an address', async () => {
    const https = answering(url => ({ text: url.includes('ipify') ? '<html>' : '203.0.113.7\n' }));
    expect(await findRunnerAddress(https, '', signal)).toBe('203.0.113.7');
  });

  it('gives a hint if no service responds', async () => {
    const https = answering(() => ({ status: 503 }));
    expect(await rejection(findRunnerAddress(https, '', signal))).toMatchObject({
      code: 'connect-failed',
      hint: expect.stringContaining('MDAKS_RUNNER_ADDRESS'),
    });
  });

  it('rejects an invalid known address', async () => {
    expect(
      await rejection(
        findRunnerAddress(
          answering(() => ({})),
          '10.0.0.0/8',
          signal,
        ),
      ),
    ).toMatchObject({
      code: 'invalid-input',
    });
  });

  it('replaces the word with the address, without duplicates', () => {
    expect(resolveRanges(['runner', '198.51.100.0/24', '203.0.113.7/32'], '203.0.113.7')).toEqual([
      '203.0.113.7/32',
      '198.51.100.0/24',
    ]);
  });
});
