import { describe, expect, it } from '@jest/globals';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { checkLicense, checkRest } from '../../../src/operations/chaos-requirements.js';
import { type Given, requestFor } from '../inputs/read.js';
import { deploymentWith, live, secrets, statefulSetOf } from '../migratorydata/samples.js';
import { onKubeconfig } from './support.js';

const chaosOf = (given: Given) => requestFor('chaos', { ...onKubeconfig, ...given }).chaos;

describe('more clients than the servers accept without a license', () => {
  const check =
    (clients: string, changes: Partial<Deployment> = {}) =>
    (): void => {
      checkLicense(live(statefulSetOf(changes)), deploymentWith({ namespace: 'prod' }), chaosOf({ clients }));
    };

  it('are refused, with what to do about it', () => {
    expect(check('81')).toThrow(
      expect.objectContaining({
        code: 'deployment-differs',
        message: 'The deployment in namespace prod has no license key, which more than 80 clients need.',
        hint: 'Deploy with `license-key` first, or set `clients` to 80 or less.',
      }),
    );
  });

  it.each<[string, Partial<Deployment>]>([
    ['the input license-key', { secrets: { licenseKey: secrets.licenseKey } }],
    ['a Secret of the user', { secretOpts: [{ parameter: 'LicenseKey', secret: 'license', key: 'key' }] }],
    ['the server options', { extraOpts: '-DLicenseKey=license-0123456789' }],
  ])('are accepted by members that have it from %s', (_, changes) => {
    expect(check('5000', changes)).not.toThrow();
  });

  it('are accepted up to that number without one', () => {
    expect(check('80')).not.toThrow();
  });
});

describe('a deployment without REST', () => {
  const check =
    (given: Given, rest = false) =>
    (): void => {
      checkRest(deploymentWith({ namespace: 'prod', rest }), chaosOf(given));
    };

  it.each<[Given, string]>([
    [{ experiments: 'drain', 'max-lost': '1', rest: 'true' }, 'max-lost'],
    [{ experiments: 'quorum-loss', rest: 'true' }, 'quorum-loss'],
    [{ experiments: 'quorum-loss', 'max-lost': '1', rest: 'true' }, 'quorum-loss and max-lost'],
  ])('is refused for %j', (given, needing) => {
    const message = `The deployment in namespace prod has no REST interface, which ${needing} needs.`;
    expect(check(given)).toThrow(expect.objectContaining({ code: 'deployment-differs', message }));
    expect(check(given, true)).not.toThrow();
  });

  it('is accepted where no message is counted', () => {
    expect(check({ experiments: 'drain' })).not.toThrow();
  });
});
