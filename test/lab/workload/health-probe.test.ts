import { describe, expect, it } from '@jest/globals';
import { readAzureSettings } from './azure-annotations.js';
import { someService } from './fakes.js';
import { createBackendHealth } from './health-probe.js';
import { isAllowedSource } from './source-ranges.js';

describe('backend health', () => {
  it('adds a backend at the first success, and removes it after the failures in a row', () => {
    const health = createBackendHealth(2);
    const seen = [true, false, true, false, false, true].map(up => {
      health.probe(['n'], () => up);
      return health.healthy().length;
    });
    expect(seen).toEqual([1, 1, 1, 1, 0, 1]);
  });

  it('starts a backend that never responded as unhealthy, and forgets a removed one', () => {
    const health = createBackendHealth(2);
    health.probe(['n'], () => false);
    expect(health.healthy()).toEqual([]);
    health.probe(['n'], () => true);
    health.probe([], () => true);
    expect(health.healthy()).toEqual([]);
  });
});

describe('settings of a Service', () => {
  it.each([
    ['127.0.0.1', undefined, true],
    ['127.0.0.1', ['10.0.0.0/8'], false],
    ['127.0.0.1', ['10.0.0.0/8', '127.0.0.1/32'], true],
    ['::1', ['::/0'], true],
  ])('%s within %j: %s', (address, ranges, allowed) => {
    expect(isAllowedSource(address, ranges)).toBe(allowed);
  });

  it.each([
    ['load-balancer-tcp-idle-timeout', '3', /idle timeout/],
    ['load-balancer-tcp-idle-timeout', '30m', /idle timeout/],
    ['dns-label-name', 'Shop_1', /InvalidDomainNameLabel/],
  ])('%s=%s is refused as Azure refuses it', (name, value, message) => {
    const service = someService('s', {});
    const annotations = { [`service.beta.kubernetes.io/azure-${name}`]: value };
    expect(() => readAzureSettings({ ...service, metadata: { ...service.metadata, annotations } })).toThrow(message);
  });
});
