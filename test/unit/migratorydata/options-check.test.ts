import { describe, expect, it } from '@jest/globals';
import { liveClusterOf, messageSettingsOf } from '../../../src/migratorydata/live-options.js';
import { secretReference } from '../../../src/migratorydata/manifests/container.js';
import type { Container, EnvVar, StatefulSetManifest } from '../../../src/migratorydata/manifests/shapes.js';
import { findLostOptions } from '../../../src/migratorydata/options-check.js';
import { live, secrets, statefulSetOf } from './samples.js';

const rendered = statefulSetOf({ secrets, rest: true });

function patchedContainer(change: (container: Container) => Partial<Container>): StatefulSetManifest {
  const { spec } = rendered.spec.template;
  const containers = spec.containers.map(container => ({ ...container, ...change(container) }));
  return {
    ...rendered,
    spec: { ...rendered.spec, template: { ...rendered.spec.template, spec: { ...spec, containers } } },
  };
}

const patchedEnv = (change: (env: readonly EnvVar[]) => readonly EnvVar[]): StatefulSetManifest =>
  patchedContainer(({ env }) => ({ env: change(env) }));

const lossOf = (patched: StatefulSetManifest): string => findLostOptions(rendered, patched).join('; ');

const replaced = (name: string, variable: Partial<EnvVar>): StatefulSetManifest =>
  patchedEnv(env => env.map(each => (each.name === name ? { ...each, ...variable } : each)));

describe('patches', () => {
  it('may change nothing', () => {
    expect(lossOf(rendered)).toBe('');
  });

  it('may add variables and options, and change other settings', () => {
    const added = patchedEnv(env => [
      { name: 'TZ', value: 'UTC' },
      ...env.map(each =>
        each.name === 'MIGRATORYDATA_EXTRA_OPTS' ? { ...each, value: `${each.value ?? ''} -DX=1` } : each,
      ),
    ]);
    expect(lossOf(added)).toBe('');
    expect(lossOf(patchedContainer(() => ({ imagePullPolicy: 'Always' })))).toBe('');
  });

  it.each<[string, StatefulSetManifest, string]>([
    [
      'replace the options',
      replaced('MIGRATORYDATA_EXTRA_OPTS', { value: '-DMemory=128MB' }),
      'MIGRATORYDATA_EXTRA_OPTS has no ClusterDeliveryMode, LogLevel, X.ConnectionOffload, ClusterSeedMemberCount, ClusterMemberListen, ClusterMembers',
    ],
    [
      'add an option that overrides one',
      replaced('MIGRATORYDATA_EXTRA_OPTS', {
        value: `${rendered.spec.template.spec.containers[0]?.env.find(({ name }) => name === 'MIGRATORYDATA_EXTRA_OPTS')?.value ?? ''} -DClusterMembers=a:1`,
      }),
      'has no ClusterMembers as rendered',
    ],
    [
      'remove a variable',
      patchedEnv(env => env.filter(({ name }) => name !== 'POD_NAME')),
      'the variable POD_NAME is missing',
    ],
    [
      'move a variable after the options',
      patchedEnv(env => [...env.filter(({ name }) => name !== 'POD_NAME'), ...env.slice(0, 1)]),
      'the variable POD_NAME is defined after MIGRATORYDATA_EXTRA_OPTS',
    ],
    [
      'swap the two options variables',
      patchedEnv(env => env.toReversed()),
      'the variable MIGRATORYDATA_EXTRA_OPTS is defined after MIGRATORYDATA_GATEWAY_EXTRA_OPTS',
    ],
    [
      'replace a secret reference with a value',
      replaced('SECRET_LICENSE_KEY', { valueFrom: {}, value: 'x' }),
      'the variable SECRET_LICENSE_KEY has another source',
    ],
    [
      'define a variable twice',
      patchedEnv(env => [...env, { name: 'POD_NAME', value: 'x' }]),
      'the variable POD_NAME is defined more than once',
    ],
    [
      'set another value for the second variable',
      replaced('MIGRATORYDATA_GATEWAY_EXTRA_OPTS', { value: '-DMemory=1MB' }),
      'MIGRATORYDATA_GATEWAY_EXTRA_OPTS is not the same as MIGRATORYDATA_EXTRA_OPTS',
    ],
    [
      'change the command',
      patchedContainer(() => ({ command: ['sleep', '9'] })),
      'the command of the container is changed',
    ],
    ['rename the container', patchedContainer(() => ({ name: 'server' })), 'the container migratorydata is missing'],
    [
      'change the headless Service',
      { ...rendered, spec: { ...rendered.spec, serviceName: 'other' } },
      'serviceName is changed',
    ],
  ])('that %s are rejected', (_, patched, problem) => {
    expect(lossOf(patched)).toContain(problem);
  });
});

describe('live options', () => {
  it('contain the cluster settings of the running members', () => {
    expect(liveClusterOf(live(statefulSetOf({ maxReplicas: 7, rest: true })))).toEqual({
      seedMembers: 3,
      maxReplicas: 7,
      rest: true,
      clusterDomain: 'cluster.local',
    });
  });

  it('contain nothing if another client created the StatefulSet', () => {
    expect(liveClusterOf(patchedEnv(() => []))).toBeUndefined();
  });

  it('has the message settings of the live members, or else the defaults of the server', () => {
    const extraOpts = '-DCacheExpireTime=60 -DMaxCachedMessagesPerSubject=50';
    expect(messageSettingsOf(live(statefulSetOf({ extraOpts })))).toEqual({
      ...{ deliveryMode: 'Guaranteed', cache: { seconds: 60, messages: 50 } },
    });
    expect(messageSettingsOf(patchedEnv(() => []))).toEqual({
      ...{ deliveryMode: 'Standard', cache: { seconds: 180, messages: 1_000 } },
    });
  });

  it('contain the Secret of the token', () => {
    expect(secretReference(live(rendered), 'entitlementToken')).toEqual({
      name: 'migratorydata-secrets-1',
      key: 'entitlement-token',
    });
    expect(secretReference(live(statefulSetOf()), 'licenseKey')).toBeUndefined();
  });
});
