import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { apiServerRange, sourceRange } from '../../../src/inputs/cidr.js';
import { extraCreateArgument } from '../../../src/inputs/extra-az-args.js';
import * as names from '../../../src/inputs/name-parsers.js';
import type { Parser } from '../../../src/inputs/parsers.js';
import * as resources from '../../../src/inputs/quantities.js';
import { javaOptions, serverOptionsText } from '../../../src/inputs/server-parameters.js';
import { tag } from '../../../src/inputs/tag-parser.js';

const rules: readonly (readonly [string, Parser<unknown>, readonly string[], readonly string[]])[] = [
  [
    'resource group',
    names.resourceGroup,
    ['rg', 'a', '(x).y_z-', 'x'.repeat(90)],
    ['', 'x.', '-x', '@x', 'a b', 'ü', 'x'.repeat(91)],
  ],
  ['node resource group', names.nodeResourceGroup, ['x'.repeat(80)], ['x'.repeat(81), 'x.']],
  [
    'cluster name',
    names.clusterName,
    ['a', 'aks-migratorydata', 'A_1', 'x'.repeat(63)],
    ['-a', 'a-', 'a.b', '@a', 'x'.repeat(64), 'my-windows-pool', 'login1'],
  ],
  ['instance', names.instanceName, ['check-0', '_x', 'a.b'], ['', '-x', 'a b', '@a', 'x'.repeat(64)]],
  ['location', names.location, ['eastus', 'germanywestcentral', 'westus3'], ['East US', 'EastUS', '@eastus', '3us']],
  ['VM size', names.vmSize, ['Standard_D2s_v5', 'Standard_M8-2ms'], ['D2s', '@Standard_D2s_v5', 'Standard_D2s v5']],
  ['GUID', names.guid, ['00000000-0000-0000-0000-00000000000A'], ['my-subscription', '0'.repeat(32), '@x']],
  ['Kubernetes version', names.kubernetesVersion, ['1.35', '1.35.4'], ['1', 'v1.35', '1.35.x', 'latest']],
  ['public DNS label', names.publicDnsLabel, ['abc', 'md-1'], ['ab', '1ab', 'abc-', 'aBc']],
  [
    'namespace',
    names.namespace,
    ['migratory', 'a', 'x'.repeat(63)],
    ['default', 'kube-system', 'A', 'a.b', '-a', 'x'.repeat(64)],
  ],
  [
    'deployment name',
    names.deploymentName,
    ['migratorydata', 'a', 'x'.repeat(52), 'chat-2'],
    ['', '2chat', 'Chat', 'chat-', 'a.b', 'a_b', '@a', '../a', 'x'.repeat(53)],
  ],
  ['DNS name', names.dnsName, ['cluster.local', 'node-1'], ['cluster..local', '.local', 'Cluster', 'x'.repeat(254)]],
  ['repository', names.repository, ['acme/shop', 'a/b.c_d'], ['acme', 'acme/shop/x', '-a/b', '*']],
  [
    'image',
    resources.image,
    ['a:1', 'localhost:5000/a/b:1', 'r.io/a@sha256:' + '0'.repeat(64), 'migratorydata/server:latest'],
    ['migratorydata/server', 'localhost:5000/a', 'A:1', 'a:', 'a@sha256:12', 'a b:1'],
  ],
  ['server memory', resources.serverMemory, ['128MB'], ['128', '128Mi', '0MB', '1GB', '128mb']],
  ['CPU', resources.cpuQuantity, ['500m', '2', '0.5'], ['0', '0m', '1.5m', '-1', '2 cores', '']],
  ['memory', resources.memoryQuantity, ['256Mi', '1Gi', '1.5G', '1000'], ['256m', '0', '256MB', '1GiB', 'Mi']],
  [
    'API server range',
    apiServerRange,
    ['runner', '203.0.113.0/24', '0.0.0.0/32'],
    ['203.0.113.7', '203.0.113.0/33', '2001:db8::/32', 'Runner', '@file', '1.2.3.4/8/9'],
  ],
  ['source range', sourceRange, ['runner', '10.0.0.0/8', '2001:db8::/32'], ['2001:db8::/129', '::1', 'any']],
  [
    'tag',
    tag,
    ['team=messaging', 'a=', 'a=b=c', 'Cost Centre=12'],
    ['team', '=x', '@team=x', 'team=@x', '-t=x', 'a/b=c', 'Managed-By=x', 'azure-x=1', `a=${'x'.repeat(257)}`],
  ],
  [
    'argument of az aks create',
    extraCreateArgument,
    ['--vnet-subnet-id', '/subscriptions/x', '--network-plugin=azure', '--max-pods', '50', '-a'],
    [
      '--node-count',
      '--node-c',
      '--name=x',
      '-g',
      '-nx',
      '@file',
      '--labels=@file',
      '--client-secret=x',
      '--',
      '-c=1',
      '-x',
      '--sku=base',
    ],
  ],
  [
    'server options',
    serverOptionsText,
    ['LogLevel=INFO', 'X.ConnectionOffload=true\n LogLevel=', 'Native.Ssl=true A=b=c'],
    [
      '-DLogLevel=INFO',
      'A="x"',
      'A=$(POD_NAME)',
      'Memory=1MB',
      'licenseKey=x',
      'listen=*:1',
      'A=x y',
      'MonitorPassword=x',
      'ListenEncrypted=*:1',
    ],
  ],
  ['Java options', javaOptions, ['-XX:+UseG1GC -Xlog:gc'], ['-Dx=$(A)', 'a\nb']],
];

describe.each(rules)('%s', (_, parse, accepted, refused) => {
  it.each(accepted.map(text => [text]))('accepts %j', text => {
    expect(parse(text).ok).toBe(true);
  });
  it.each(refused.map(text => [text]))('refuses %j', text => {
    expect(parse(text).ok).toBe(false);
  });
});

describe('what is passed to az', () => {
  const azureNames = [names.resourceGroup, names.clusterName, names.nodeResourceGroup, names.location, names.vmSize];

  it('never begins with @ or -, nor holds white space', () => {
    fc.assert(
      fc.property(fc.constantFrom(...azureNames), fc.string({ unit: 'binary-ascii' }), (parse, text) => {
        if (parse(text).ok) expect(text).toMatch(/^[^@\s-]\S*$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('defaultResourceGroup', () => {
  it('is a valid name whatever the instance', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.string({ unit: 'grapheme' }), (runId, instance) => {
        const name = names.defaultResourceGroup(String(runId), instance);
        expect(names.resourceGroup(name)).toEqual({ ok: true, value: name });
      }),
    );
  });

  it('keeps two legs of a run apart', () => {
    expect(names.defaultResourceGroup('1', 'test-0')).not.toBe(names.defaultResourceGroup('1', 'test-1'));
  });
});
