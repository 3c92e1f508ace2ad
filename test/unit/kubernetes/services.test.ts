import { describe, expect, it } from '@jest/globals';
import type { Event, Service } from '../../../src/kubernetes/api/types.js';
import { addressesOf, lastingFailure, waitForAddress } from '../../../src/kubernetes/services.js';
import { FakeCluster } from './fake-cluster.js';
import { eventOf, events } from './samples.js';

const services = '/api/v1/namespaces/ns/services';
const key = { namespace: 'ns', name: 's' };
const limits = { timeoutMs: 5_000, redact: (text: string) => text };

function serviceOf(...ingress: { ip?: string; hostname?: string }[]): Service {
  return { apiVersion: 'v1', kind: 'Service', metadata: key, spec: {}, status: { loadBalancer: { ingress } } };
}
function failure(message: string, more: Partial<Event> = {}): Event {
  return eventOf('Service', 's', 'SyncLoadBalancerFailed', message, more);
}

describe('the address of a Service', () => {
  it.each([
    ['an IP', serviceOf({ ip: '1.2.3.4' }), ['1.2.3.4']],
    ['a host name', serviceOf({}, { hostname: 'h', ip: '' }), ['h']],
    ['both', serviceOf({ hostname: 'h', ip: '1.2.3.4' }), ['1.2.3.4', 'h']],
    ['one of both versions of IP', serviceOf({ ip: 'fd00::9' }, { ip: '1.2.3.4' }), ['fd00::9', '1.2.3.4']],
    ['nothing', serviceOf(), []],
  ])('is %s', (_, service, addresses) => {
    expect(addressesOf(service)).toEqual(addresses);
  });

  it('is waited for', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(services, serviceOf());
    const seen: string[] = [];
    const result = waitForAddress(cluster.api(), key, { ...limits, progress: text => seen.push(text) });
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(services, serviceOf({ ip: '1.2.3.4' }));
    expect(addressesOf(await result)).toEqual(['1.2.3.4']);
    expect(seen).toEqual(['Service s has no address yet']);
  });

  it.each([
    [
      'LinkedAuthorizationFailed',
      'Error syncing load balancer: failed: LinkedAuthorizationFailed: The client',
      'LinkedAuthorizationFailed',
    ],
    ['DnsRecordInUse', 'Code="DnsRecordInUse" Message="DNS record x is already used"', 'DnsRecordInUse'],
    ['an operation in progress', 'AnotherOperationInProgress', undefined],
  ])('is permanently unavailable after %s: %s', (_, message, code) => {
    expect(lastingFailure(failure(message))).toBe(code);
    expect(lastingFailure(eventOf('Service', 's', 'EnsuringLoadBalancer', message))).toBeUndefined();
  });

  it.each([
    ['the same event', failure('PublicIPCountLimitReached: cannot create more', { count: 2 })],
    [
      'a separate event',
      failure('PublicIPCountLimitReached: request 2', { metadata: { name: 's.2', namespace: 'ns' } }),
    ],
  ])('fails with the reason from the cloud at its second failure, from %s', async (_, second) => {
    await using cluster = await FakeCluster.start();
    cluster.put(services, serviceOf());
    cluster.put(events, failure('PublicIPCountLimitReached: cannot create more'));
    const result = waitForAddress(cluster.api(), key, limits);
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(events, second);
    await expect(result).rejects.toMatchObject({
      code: 'load-balancer-failed',
      message: expect.stringContaining('PublicIPCountLimitReached') as unknown,
    });
  });

  it('is waited for despite earlier permanent failures, because their cause may have been fixed', async () => {
    await using cluster = await FakeCluster.start();
    cluster.put(services, serviceOf());
    cluster.put(events, failure('PublicIPCountLimitReached: cannot create more', { count: 7 }));
    const result = waitForAddress(cluster.api(), key, limits);
    while (cluster.watching < 2) await new Promise(resolve => setTimeout(resolve, 2));
    cluster.put(services, serviceOf({ ip: '1.2.3.4' }));
    expect(addressesOf(await result)).toEqual(['1.2.3.4']);
  });

  it.each([
    ['no failure', [], 'load-balancer-pending'],
    ['a transient failure', [failure('AnotherOperationInProgress')], 'load-balancer-failed'],
    [
      'a resolved failure',
      [
        failure('Throttled'),
        eventOf('Service', 's', 'EnsuredLoadBalancer', 'ok', { lastTimestamp: '2026-01-01T00:00:09Z' }),
      ],
      'load-balancer-pending',
    ],
  ])('is missing at the timeout with %s in the events', async (_, found, code) => {
    await using cluster = await FakeCluster.start();
    cluster.put(services, serviceOf());
    for (const event of found) cluster.put(events, event);
    await expect(waitForAddress(cluster.api(), key, { ...limits, timeoutMs: 1_000 })).rejects.toMatchObject({ code });
  });
});
