import { describe, expect, it } from '@jest/globals';
import type { Service } from '../../../../src/kubernetes/api/types.js';
import { exposureOf, renderClientService } from '../../../../src/migratorydata/manifests/client-service.js';
import type { Exposure } from '../../../../src/migratorydata/spec.js';
import { requestFor } from '../../inputs/read.js';

const deployment = requestFor('deploy').deployment;
const { exposure } = deployment;

describe('the exposure of a live deployment', () => {
  it.each([
    { serviceType: 'public', clientPort: 80, dnsLabel: 'shop', publicUrl: 'https://push.example.com' },
    { serviceType: 'public', clientPort: 443, dnsLabel: '' },
    { serviceType: 'internal', clientPort: 80, dnsLabel: '' },
    { serviceType: 'node-port', clientPort: 8080, dnsLabel: '' },
    { serviceType: 'cluster-ip', clientPort: 80, dnsLabel: '', publicUrl: 'http://10.0.0.1:81/a' },
  ] as const)('is that which was rendered: %j', facts => {
    const service = renderClientService(deployment, { ...exposure, ...facts }, []) as Service;
    const other: Exposure = {
      ...exposure,
      serviceType: 'internal',
      clientPort: 1,
      dnsLabel: 'o',
      publicUrl: 'http://o',
    };
    expect(exposureOf(service, other)).toMatchObject({ publicUrl: '', ...facts });
  });

  it('has no address that is none, whoever wrote the annotation', () => {
    const service = renderClientService(deployment, { ...exposure, publicUrl: 'javascript:alert(1)' }, []) as Service;
    expect(exposureOf(service, exposure).publicUrl).toBe('');
  });
});
