import { describe, expect, it } from '@jest/globals';
import { budgetMs } from '../../../src/inputs/time-budget.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import { type Given, problemsOf, read, requestFor } from './read.js';

const guid = '00000000-0000-0000-0000-000000000001';
const encoded = Buffer.from('apiVersion: v1\nkind: Config\nclusters: []\n').toString('base64');
const kind = { provider: 'kubeconfig', KUBECONFIG: 'kind.yaml' };

describe('combinations that are refused', () => {
  const cases: readonly (readonly [Given, string])[] = [
    [{ 'seed-members': '4' }, 'seed-members "4": must not be above min-replicas (3); lower'],
    [{ 'min-replicas': '4' }, 'min-replicas "4": must not be above replicas (3); lower'],
    [{ replicas: '6' }, 'replicas "6": must not be above max-replicas (5); lower'],
    [
      { 'min-replicas': '4', replicas: 'x', 'max-replicas': '3' },
      'min-replicas "4": must not be above max-replicas (3)',
    ],
    [{ 'node-count': '2' }, 'min-nodes "3": must not be above node-count (2)'],
    [{ 'node-count': '6' }, 'node-count "6": must not be above max-nodes (5)'],
    [{ 'scale-to': '5,6,2' }, 'scale-to "6": must be from min-replicas (3) to max-replicas (5)'],
    [{ 'scale-to': '5,6,2' }, 'scale-to "2": must be from'],
    [{ 'max-replicas': '3' }, 'scale-to "5": must be from min-replicas (3) to max-replicas (3)'],
    [{ timeout: '30m' }, 'timeout "30m": must be at least the sum of the limits of the phases (create 25m + '],
    [{ timeout: '30m' }, ' = 1h17m); set timeout to 1h17m or more'],
    [{ 'max-lost': '5' }, 'max-lost "5": requires rest: without it, lost messages are not measured'],
    [{ ttl: '100m' }, 'ttl "100m": 1h40m must be at least 30m longer than timeout (1h30m); set ttl to 2h or more'],
    [{ timeout: '4h' }, 'ttl "auto": 4h must be at least 30m longer than timeout (4h)'],
    [{ 'client-id': guid }, 'tenant-id: is required together with client-id'],
    [{ 'client-id': guid }, 'subscription-id: is required together with client-id'],
    [{ 'tenant-id': guid }, 'tenant-id: is only used together with client-id'],
    [{ 'pod-spread': 'required' }, 'max-nodes "5": must be above max-replicas (5) with pod-spread required'],
    [{ 'resource-group': 'rg', 'node-resource-group': 'RG' }, 'node-resource-group: must not be resource-group'],
    [{ kubeconfig: 'x' }, 'kubeconfig: has no effect with provider aks; remove it, or set provider to kubeconfig'],
    [{ context: 'x' }, 'context: has no effect with provider aks'],
    [{ ...kind, location: 'westus' }, 'location: has no effect with provider kubeconfig'],
    [{ ...kind, operation: 'create' }, 'operation "create": is not possible with provider kubeconfig'],
    [{ ...kind, operation: 'sweep' }, 'operation "sweep": is not possible with provider kubeconfig'],
    [{ provider: 'kubeconfig' }, 'kubeconfig: is required with provider kubeconfig'],
    [{ provider: 'kubeconfig', KUBECONFIG: 'a:b' }, 'kubeconfig "a:b": the environment variable KUBECONFIG must name'],
    [{ ...kind, kubeconfig: 'a', 'kubeconfig-content': 'kind: Config' }, 'kubeconfig: must not be given together with'],
    [
      { provider: 'kubeconfig', 'kubeconfig-content': encoded },
      'kubeconfig-content: must be the text of a kubeconfig, not base64',
    ],
    [
      { provider: 'kubeconfig', 'kubeconfig-content': 'KUBECONFIG' },
      'kubeconfig-content: must be the text of a kubeconfig; give',
    ],
    [{ 'service-type': 'cluster-ip', 'traffic-policy': 'Local' }, 'traffic-policy "Local": has no effect with service'],
    [{ 'service-type': 'internal', 'dns-label': 'abc' }, 'dns-label "abc": has no effect with service-type internal'],
    [{ 'service-type': 'node-port', 'source-ranges': 'runner' }, 'source-ranges "runner": has no effect with'],
    [{ 'service-type': 'node-port', 'idle-timeout': '5m' }, 'idle-timeout "5m": has no effect with'],
    [{ 'tls-port': '444' }, 'tls-port "444": has no effect without tls-secret; set tls-secret as well'],
    [{ 'tls-secret': 'push', 'client-port': '81' }, 'client-port "81": has no effect with tls-secret; use tls-port'],
    [{ 'service-ports': 'a=80:1' }, 'service-ports: a=80 has a name or a number that another port of the Service has'],
    [{ 'service-ports': 'client-port=81:1' }, 'service-ports: client-port=81 has a name or a number that another'],
    [
      { 'service-ports': 'metrics=9900' },
      'service-ports "metrics=9900": must be name=port:target; write it as metrics=',
    ],
    [{ 'service-ports': 'a=0:1' }, 'service-ports "a=0:1": must be name=port:target'],
    [{ operation: 'teardown', teardown: 'never' }, 'teardown "never": contradicts operation teardown'],
    [{ operation: 'deploy', teardown: 'always' }, 'teardown "always": operation deploy creates no cluster'],
  ];
  it.each(cases)('%j: %s', (given, problem) => {
    expect(problemsOf(given).join('\n')).toContain(problem);
  });
});

describe('combinations that are fine', () => {
  const cases: readonly (readonly [Given])[] = [
    [{ ...kind }],
    [{ provider: 'kubeconfig', operation: 'render' }],
    [{ ...kind, location: 'eastus', 'node-count': '3', 'client-id': '', credentials: 'auto' }],
    [{ ...kind, 'client-id': guid, 'tenant-id': guid }],
    [{ ...kind, 'service-type': 'node-port', 'idle-timeout': '30m', 'pod-spread': 'required' }],
    [{ operation: 'deploy', 'max-replicas': '3' }],
    [{ operation: 'deploy', timeout: '5m' }],
    [{ operation: 'teardown', timeout: '1m', instance: 'a-rather-long-name-of-a-matrix-job-0' }],
    [{ instance: 'a-rather-long-name-of-a-matrix-job-0' }],
    [{ 'max-lost': '5', rest: 'true' }],
    [{ operation: 'verify', 'tls-port': '444' }],
    [{ 'tls-secret': 'push', 'client-port': '80', 'tls-port': '444', 'service-ports': 'clear=80:8800,m=9900:9900' }],
    [{ 'max-nodes': '6', 'pod-spread': 'required' }],
    [{ 'seed-members': '1', 'min-replicas': '1', replicas: '1', 'max-replicas': '1', 'scale-to': '1' }],
    [{ timeout: '4h', ttl: 'never' }],
    [{ operation: 'create', teardown: 'never' }],
    [{ operation: 'deploy', teardown: 'never' }],
  ];
  it.each(cases)('%j', given => {
    expect(problemsOf(given)).toEqual([]);
  });
});

it('does not report a bad value a second time as a bad combination', () => {
  expect(problemsOf({ 'min-replicas': 'x', replicas: '2', 'seed-members': '2', 'scale-to': '2' })).toHaveLength(1);
  expect(problemsOf({ timeout: 'x', ttl: '30m' })).toHaveLength(1);
});

describe('the time budget', () => {
  const minute = 60_000;
  const budgetOf = (request: Request): number => budgetMs(operationDefinitions[request.operation].phases(request));

  it.each([
    ['create', { 'create-timeout': '10m' }, 10],
    ['deploy', { 'verify-timeout': '7m' }, 7],
    ['verify', {}, 5],
    ['scale', { 'scale-to': '3,4,5' }, 15],
    ['autoscale', {}, 5],
    ['chaos', { hold: '2m', 'max-recovery': '3m' }, 5 + 6],
    ['e2e', {}, 25 + 5 + 5 + 10 + 5 + 5 + 17 + 5],
    ['preflight', {}, 0],
    ['sweep', {}, 0],
  ] as const)('of %s with %j is %d minutes', (operation, given: Given, minutes) => {
    expect(budgetOf(requestFor(operation, given))).toBe(minutes * minute);
  });

  it('leaves out what provider kubeconfig does not do', () => {
    expect(budgetOf(read(kind).request)).toBe(47 * minute);
  });
});
