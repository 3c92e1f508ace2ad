import { describe, expect, it } from '@jest/globals';
import type { PodDisruptionBudget, Service } from '../../../src/kubernetes/types.js';
import { liveExposureOf, liveMinReplicasOf } from '../../../src/migratorydata/live-services.js';
import { renderClientService } from '../../../src/migratorydata/manifests/client-service.js';
import type { Exposure } from '../../../src/migratorydata/spec.js';
import { requestFor } from '../inputs/read.js';

const { exposure } = requestFor('deploy').deployment;

describe('the exposure of a live deployment', () => {
  it.each([
    { serviceType: 'public', clientPort: 80, dnsLabel: 'shop', publicUrl: 'https://push.example.com' },
    { serviceType: 'public', clientPort: 443, dnsLabel: '' },
    { serviceType: 'internal', clientPort: 80, dnsLabel: '' },
    { serviceType: 'node-port', clientPort: 8080, dnsLabel: '' },
    { serviceType: 'cluster-ip', clientPort: 80, dnsLabel: '', publicUrl: 'http://10.0.0.1:81/a' },
  ] as const)('is that which was rendered: %j', facts => {
    const service = renderClientService('ns', { ...exposure, ...facts }, []) as Service;
    const other: Exposure = {
      ...exposure,
      serviceType: 'internal',
      clientPort: 1,
      dnsLabel: 'o',
      publicUrl: 'http://o',
    };
    expect(liveExposureOf(service, other)).toMatchObject({ publicUrl: '', ...facts });
  });

  it('has no address that is none, whoever wrote the annotation', () => {
    const service = renderClientService('ns', { ...exposure, publicUrl: 'javascript:alert(1)' }, []) as Service;
    expect(liveExposureOf(service, exposure).publicUrl).toBe('');
  });
});

describe('the least number of members', () => {
  it.each([
    [{ minAvailable: 2 }, { minReplicas: 2, disruptionBudget: 'min-available' }],
    [{ maxUnavailable: 1 }, { disruptionBudget: 'max-unavailable' }],
    [{ minAvailable: '50%' }, {}],
  ])('of a budget with %j is known as %j', (spec, known) => {
    expect(liveMinReplicasOf({ spec } as PodDisruptionBudget)).toEqual(known);
  });

  it('is unknown without a budget', () => {
    expect(liveMinReplicasOf(undefined)).toEqual({});
  });
});
