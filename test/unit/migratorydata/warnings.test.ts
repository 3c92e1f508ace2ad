import { describe, expect, it } from '@jest/globals';
import { deploymentNames } from '../../../src/migratorydata/object-names.js';
import type { Deployment } from '../../../src/migratorydata/spec.js';
import { manifestWarnings } from '../../../src/migratorydata/warnings.js';
import { defaults, deploymentWith, objectsOf, patchedWith, secrets } from './samples.js';

const calm: Partial<Deployment> = {
  replicas: 4,
  exposure: { ...defaults.exposure, sourceRanges: ['203.0.113.0/24'] },
};
const warningsFor = (changes: Partial<Deployment>): readonly string[] =>
  manifestWarnings(deploymentWith(changes), objectsOf(changes));
const warningsOf = (changes: Partial<Deployment>): string => warningsFor(changes).join('\n');

describe('manifestWarnings', () => {
  it('returns none for a deployment with a spare member and known clients', () => {
    expect(warningsOf(calm)).toBe('');
  });

  it('lists the three solutions if the budget allows no disruption', () => {
    const text = warningsOf({ ...calm, replicas: 3 });
    expect(text).toContain('With 3 members the disruption budget (minAvailable 3) allows no disruption');
    for (const solution of ['one more member', 'lower min-replicas', 'max-unavailable'])
      expect(text).toContain(solution);
  });

  it('uses the members and the budget of the manifests, which patches may change', () => {
    const three = { ...calm, replicas: 3 };
    expect(manifestWarnings(deploymentWith(three), objectsOf(calm))).toEqual([]);
    expect(manifestWarnings(deploymentWith(calm), objectsOf(three))).toHaveLength(1);
    const budget = (spec: object) =>
      manifestWarnings(
        deploymentWith(three),
        patchedWith(objectsOf(three), deploymentNames('migratorydata').disruptionBudget, { spec }),
      );
    expect(budget({ minAvailable: 2 })).toEqual([]);
    expect(budget({ minAvailable: null, maxUnavailable: 0 }).join()).toContain(
      '(maxUnavailable 0) allows no disruption',
    );
  });

  it.each<[string, Partial<Deployment>, string]>([
    ['an image that may change', { image: 'migratorydata/server:latest' }, 'image migratorydata/server:latest'],
    [
      'too little memory',
      { memory: '256MB', memoryRequest: '256Mi' },
      'memory-request 256Mi is not above memory 256MB',
    ],
    ['an open address', { exposure: defaults.exposure }, 'Everyone can connect to the public address on port 80'],
  ])('warns about %s', (_, changes, text) => {
    expect(warningsFor({ ...calm, ...changes })).toHaveLength(1);
    expect(warningsOf({ ...calm, ...changes })).toContain(text);
  });

  it('returns none for an address that is not public, and a budget that always allows one eviction', () => {
    const internal = { ...defaults.exposure, serviceType: 'internal' } as const;
    expect(warningsOf({ exposure: internal, disruptionBudget: 'max-unavailable' })).toBe('');
  });
});

describe('secrets in clear text', () => {
  const options = [
    '-DKeyStore=/etc/keys.jks -DKeyStorePassword=hunter2-x',
    '-DMonitorUsername=admin -DMonitorPassword=hunter2-x',
    '-Dsignature.type=hmac -Dsignature.hmac.secret=hunter2-x -DrenewTokenBeforeSeconds=60',
  ].join(' ');

  it('are named, and not shown', () => {
    const [text = '', ...more] = warningsFor({ ...calm, extraOpts: options });
    expect(more).toEqual([]);
    expect(text).toContain(': KeyStorePassword, MonitorPassword, signature.hmac.secret. Everyone');
    expect(text).not.toContain('hunter2');
  });

  it.each<[string, Partial<Deployment>, string]>([
    [
      'of the Java virtual machine',
      { javaExtraOpts: '-Djavax.net.ssl.keyStorePassword=hunter2-x' },
      'javax.net.ssl.keyStorePassword',
    ],
    [
      'of JAAS',
      { extraOpts: '-Dsasl.jaas.config=org.example.Plain required username="u" password="hunter2-x";' },
      'sasl.jaas.config',
    ],
    ['with an input of their own', { extraOpts: '-DClusterPassword=hunter2-x' }, 'Give cluster-password instead'],
  ])('are found: %s', (_, changes, text) => {
    expect(warningsOf({ ...calm, ...changes })).toContain(text);
  });

  it('are not those that a Secret contains', () => {
    expect(warningsOf({ ...calm, secrets, rest: true })).toBe('');
  });

  it('are found in variables that a patch adds, unless these refer to a Secret', () => {
    const withVariable = (variable: object): string => {
      const [container] = (
        objectsOf(calm).find(({ kind }) => kind === 'StatefulSet') as never as {
          spec: { template: { spec: { containers: { env: object[] }[] } } };
        }
      ).spec.template.spec.containers;
      const containers = [{ ...container, env: [...(container?.env ?? []), variable] }];
      const patch = { spec: { template: { spec: { containers } } } };
      return manifestWarnings(
        deploymentWith(calm),
        patchedWith(objectsOf(calm), deploymentNames('migratorydata').statefulSet, patch),
      ).join();
    };
    expect(withVariable({ name: 'KEYSTORE_PASSWORD', value: 'hunter2-x' })).toContain(': KEYSTORE_PASSWORD.');
    expect(withVariable({ name: 'KAFKA_CONFIG', value: 'Login required password = "hunter2-x"' })).toContain(
      'KAFKA_CONFIG',
    );
    const valueFrom = { secretKeyRef: { name: 's', key: 'k' } };
    expect(withVariable({ name: 'KEYSTORE_PASSWORD', valueFrom })).toBe('');
  });
});
