import { describe, expect, it } from '@jest/globals';
import { addRange, removeRange, rangesWith, rangesWithout } from '../../../src/azure/authorized-ranges.js';
import { findRunnerAddress, resolveRanges } from '../../../src/azure/runner-address.js';
import { ScriptedNetwork } from '../fakes.js';
import { absent, clusterJson, labWith, prints, ref, rejection } from './fixtures.js';

const { signal } = new AbortController();

describe('findRunnerAddress', () => {
  it('calls no service if the address is known', async () => {
    const network = new ScriptedNetwork();
    network.answer = () => {
      throw new Error('asked');
    };
    expect(await findRunnerAddress(network, '203.0.113.7', signal)).toBe('203.0.113.7');
  });

  it('calls the next service if one does not return an address', async () => {
    const network = new ScriptedNetwork();
    network.answer = url => ({ text: url.includes('ipify') ? '<html>' : '203.0.113.7\n' });
    expect(await findRunnerAddress(network, '', signal)).toBe('203.0.113.7');
  });

  it('gives a hint if no service responds', async () => {
    const network = new ScriptedNetwork();
    network.answer = () => ({ status: 503 });
    expect(await rejection(findRunnerAddress(network, '', signal))).toMatchObject({
      code: 'connect-failed',
      hint: expect.stringContaining('MDAKS_RUNNER_ADDRESS'),
    });
  });

  it('rejects an invalid known address', async () => {
    expect(await rejection(findRunnerAddress(new ScriptedNetwork(), '10.0.0.0/8', signal))).toMatchObject({
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

describe('authorized ranges', () => {
  it.each([
    [[], undefined],
    [['a'], undefined],
    [['b'], ['b', 'a']],
  ])('adds a to %j: %j', (ranges, result) => {
    expect(rangesWith(ranges, 'a')).toEqual(result);
  });

  it.each([
    [['b', 'a'], ['b']],
    [['b'], undefined],
    [['a'], undefined],
  ])('removes a from %j, and never the last, which would open the API to everyone: %j', (ranges, result) => {
    expect(rangesWithout(ranges, 'a')).toEqual(result);
  });

  it('records before it adds a range, and removes only that range from the current ones', async () => {
    const both = clusterJson({
      apiServerAccessProfile: { authorizedIPRanges: ['192.0.2.2/32', '192.0.2.1/32', '192.0.2.3/32'] },
    });
    const { azure, runner } = labWith(script => script.on('aks update', {}).on('GET managedClusters/', prints(both)));
    const recorded: number[] = [];
    await addRange(azure, ref, '192.0.2.9/32', () => recorded.push(runner.commands.length));
    await removeRange(azure, ref, '192.0.2.1/32');
    expect(recorded).toEqual([0]);
    const updates = runner.lines().filter(line => line.includes('aks update'));
    expect(updates[0]).toContain(
      '--api-server-authorized-ip-ranges 192.0.2.2/32,192.0.2.1/32,192.0.2.3/32,192.0.2.9/32 --yes --if-match etag-1',
    );
    expect(updates[1]).toContain('--api-server-authorized-ip-ranges 192.0.2.2/32,192.0.2.3/32');
  });

  it('does not say that a runner is admitted to a cluster that Azure does not find', async () => {
    const { azure } = labWith(script => script.on('GET managedClusters/', absent));
    expect(await rejection(addRange(azure, ref, '192.0.2.9/32', () => undefined))).toMatchObject({
      code: 'azure-not-found',
    });
  });

  it('removes nothing from a cluster that no longer exists', async () => {
    const { azure, runner } = labWith(script => script.on('GET managedClusters/', absent));
    await removeRange(azure, ref, '192.0.2.1/32');
    expect(runner.commands).toEqual([]);
  });
});
