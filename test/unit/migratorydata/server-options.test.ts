import { describe, expect, it } from '@jest/globals';
import { parseOptions, serverOptions } from '../../../src/migratorydata/server-options.js';
import { expandReferences } from '../../lab/workload/environment.js';
import { defaults, deploymentWith, secrets } from './samples.js';

const optionsWith = (changes: Parameters<typeof deploymentWith>[0]): ReadonlyMap<string, string> =>
  parseOptions(serverOptions(deploymentWith(changes)));

describe('server options', () => {
  it('default to those of the tutorial, with a password and a token', () => {
    expect([...parseOptions(serverOptions(defaults)).keys()]).toEqual([
      'Memory',
      'ClusterDeliveryMode',
      'LogLevel',
      'X.ConnectionOffload',
      'ClusterSeedMemberCount',
      'ClusterMemberListen',
      'ClusterMembers',
      'ClusterPassword',
      'EntitlementAllowToken',
    ]);
  });

  it('contain the address of each member, from its pod name, which is in the list', () => {
    const options = parseOptions(expandReferences(serverOptions(defaults), new Map([['POD_NAME', 'migratorydata-4']])));
    expect(options.get('ClusterMemberListen')).toBe(
      'migratorydata-4.migratorydata-hs.migratory.svc.cluster.local:8801',
    );
    expect(options.get('ClusterMembers')?.split(',')).toContain(options.get('ClusterMemberListen'));
  });

  it('refer to secrets and never contain them', () => {
    const deployment = deploymentWith({ secrets });
    const text = serverOptions(deployment);
    expect(text).toContain('-DLicenseKey=$(SECRET_LICENSE_KEY)');
    expect(text).toContain('-DClusterPassword=$(SECRET_CLUSTER_PASSWORD)');
    expect(text).toContain('-DEntitlementAllowToken=$(SECRET_ENTITLEMENT_TOKEN)');
    for (const value of [secrets.licenseKey, secrets.clusterPassword, secrets.entitlementToken]) {
      expect(text).not.toContain(value);
    }
  });

  it('enable the REST interface', () => {
    expect(optionsWith({ rest: true }).get('Rest.Enable')).toBe('true');
    expect(optionsWith({}).has('Rest.Enable')).toBe(false);
  });

  it('end with the options of the user, which replace defaults regardless of case', () => {
    const text = serverOptions(deploymentWith({ extraOpts: '-Dloglevel=DEBUG  -DStats.LogInterval=5' }));
    expect(text).toMatch(/ -Dloglevel=DEBUG -DStats\.LogInterval=5$/);
    expect(text).not.toContain('-DLogLevel=INFO');
  });

  it('reach the server unchanged, including dollar signs', () => {
    const text = serverOptions(deploymentWith({ extraOpts: '-DA=$$x$y$' }));
    expect(parseOptions(expandReferences(text, new Map())).get('A')).toBe('$$x$y$');
  });

  it('use the last of duplicates when they are parsed', () => {
    expect(parseOptions('-DA=1 -DB=2=3 junk -DA=4')).toEqual(
      new Map([
        ['A', '4'],
        ['B', '2=3'],
      ]),
    );
  });
});
