import { describe, expect, it } from '@jest/globals';
import { entryOf, memberList, somePod } from './fakes.js';
import { readServerOptions } from './server-options.js';
import { startLines } from './start-lines.js';
import { membersOfTutorialScript } from './tutorial-script.js';

const optionsOf = (text: string, name = 'MIGRATORYDATA_EXTRA_OPTS'): ReturnType<typeof readServerOptions> =>
  readServerOptions(new Map([[name, text]]));

describe('server options', () => {
  it.each([
    ['-DClusterMembers=a:1,b:1,c:1', 3],
    ['-DClusterMembers=a:1,b:1', 2],
    ['-DClusterMembers=a:1,b:1,c:1,d:1,e:1', 5],
    ['-DClusterMembers=a:1,b:1,c:1,d:1,e:1 -DClusterSeedMemberCount=3', 3],
  ])('%s has %d seeds', (text, seeds) => {
    expect(optionsOf(text).seedCount).toBe(seeds);
  });

  it('are those of the vendor by default', () => {
    expect(optionsOf('')).toMatchObject({ restEnabled: false, guaranteed: false, token: undefined, listenPort: 8800 });
  });

  it('have a port with TLS only with ListenEncrypted', () => {
    expect(optionsOf('').encrypted).toBeUndefined();
    const given = '-DListenEncrypted=*:8443 -DKeyStore=/tls/keystore -DKeyStorePassword=sesame';
    expect(optionsOf(given).encrypted).toEqual({ listenPort: 8443, keyStore: '/tls/keystore', password: 'sesame' });
  });

  it('are read from the newer variable name as well', () => {
    expect(optionsOf('-DRest.Enable=true', 'MIGRATORYDATA_GATEWAY_EXTRA_OPTS').restEnabled).toBe(true);
  });

  it('keep an equals sign in a value, and accept any token with entitlement None', () => {
    expect(optionsOf('-DEntitlementAllowToken=a=b').token).toBe('a=b');
    expect(optionsOf('-DEntitlement=None -DEntitlementAllowToken=a').token).toBeUndefined();
  });

  it('are printed at the start without the secret ones', () => {
    const secrets = [
      'LicenseKey',
      'ClusterPassword',
      'EntitlementAllowToken',
      'signature.hmac.secret',
      'MonitorPassword',
    ];
    const text = startLines(
      optionsOf(['-DMemory=128MB', ...secrets.map(name => `-D${name}=hidden`)].join(' ')),
      undefined,
    ).join('\n');
    expect(text).toContain('Memory=128MB');
    expect(text).not.toContain('hidden');
  });
});

describe('the tutorial’s start script', () => {
  const script =
    'CLUSTER_PORT=8801\nMAX_REPLICAS=5 # Define the maximum number of cluster members\n./start-migratorydata.sh';
  it('yields the same list and entry', () => {
    const appended = membersOfTutorialScript(
      somePod({ ordinal: 1 }),
      { name: 'c', command: ['bash', '-c', script] },
      'cluster.local',
    );
    const options = readServerOptions(new Map(), appended);
    expect(options.clusterMembers).toEqual(memberList);
    expect(options.clusterMemberListen).toBe(entryOf(1));
  });

  it('is not recognized in any other command', () => {
    expect(
      membersOfTutorialScript(
        somePod({ ordinal: 1 }),
        { name: 'c', command: ['./start-migratorydata.sh'] },
        'cluster.local',
      ),
    ).toBeUndefined();
  });
});
