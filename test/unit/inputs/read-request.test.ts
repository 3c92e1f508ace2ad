import { describe, expect, it } from '@jest/globals';
import { readRequest } from '../../../src/inputs/read-request.js';
import { operationDefinitions } from '../../../src/operations/index.js';
import { someRun } from '../fakes.js';
import { type Given, problemsOf, read, requestFor } from './read.js';

const guid = '00000000-0000-0000-0000-000000000001';

describe('readRequest', () => {
  it('reports every problem at once, one a line, with input, value, rule and remedy', () => {
    const given = { operation: 'deplyo', replicas: 'many', timeout: '90', rest: 'yes', tags: 'a,b=@c', location: '@x' };
    expect(() => read(given)).toThrow('7 problems with the inputs; nothing was started:\n- ');
    expect(problemsOf(given)).toEqual([
      expect.stringMatching(/^operation "deplyo": must be one of preflight, .*; did you mean deploy\.$/),
      'timeout "90": must be a duration; write it as 90s, 10m or 1h30m.',
      'location "@x": must not begin with @, which az treats as a file name; remove the @.',
      'tags "a": every tag must be key=value; write it as team=messaging; commas separate tags, so no value has one.',
      'tags "b=@c": must not begin with @, which az treats as a file name; remove the @.',
      'replicas "many": must be a whole number from 1 to 100; write digits only, such as 1.',
      'rest "yes": must be true or false; write true or false.',
    ]);
  });

  it('reports a value that a list repeats, and a problem only once', () => {
    expect(problemsOf({ zones: '1,2,2' })).toEqual(['zones "2": is given twice; keep one of them.']);
    expect(problemsOf({ zones: '4,4' })).toEqual([expect.stringContaining('zones "4": must be one of 1, 2, 3')]);
  });

  it('checks values that the operation does not need', () => {
    expect(problemsOf({ operation: 'render', 'node-count': 'x', steady: 'x', 'max-lost': '-1' })).toHaveLength(3);
  });

  it('takes a parameter of the server from one place', () => {
    const options = '{secret-opts: {MonitorPassword: monitoring/password, signature.hmac.secret: jwt/hmac}}';
    expect(requestFor('deploy', { options }).deployment.secretOpts).toEqual([
      { parameter: 'MonitorPassword', secret: 'monitoring', key: 'password' },
      { parameter: 'signature.hmac.secret', secret: 'jwt', key: 'hmac' },
    ]);
    const given = { 'server-options': 'a.b=1', 'secret-opts': 'A.B=s/k\na-b=s/l\nMemory=s/m\nX=Secret/k' };
    expect(problemsOf(given)).toEqual([
      'secret-opts: Memory is set by the action itself; use the input memory.',
      'secret-opts: must be Name=secret/key; write it as MonitorPassword=monitoring/password.',
      'secret-opts: A.B is given more than once in secret-opts and server-options; keep one of them.',
      'secret-opts: a-b is given more than once in secret-opts and server-options; keep one of them.',
    ]);
  });

  it('says one thing only where the runner is not Linux', () => {
    const run = { ...someRun, platform: 'win32' };
    expect(() => readRequest({ env: { INPUT_REPLICAS: 'x' }, run }, operationDefinitions)).toThrow(
      expect.objectContaining({ code: 'unsupported-runner' }),
    );
  });

  it('gives a request that nobody can change', () => {
    const { request } = read({ operation: 'deploy', tags: '' });
    expect(Object.isFrozen(request)).toBe(true);
    expect(Object.isFrozen(requestFor('deploy').deployment.exposure.sourceRanges)).toBe(true);
    expect(Object.isFrozen(requestFor('e2e').scaling.steps)).toBe(true);
  });

  it('has the report folder of the step by default', () => {
    const given = { GITHUB_ACTION: '__acme/aks' };
    expect(read(given).request.general.reportDirectory).toBe('/tmp/runner/migratorydata-aks/__acme_aks');
    expect(read({ ...given, 'report-directory': 'out' }).request.general.reportDirectory).toBe('out');
  });

  it.each([
    ['sweep', 'auto', true],
    ['sweep', 'false', false],
    ['e2e', 'auto', false],
    ['e2e', 'true', true],
  ])('of %s with dry-run %s is dry: %s', (operation, dryRun, expected) => {
    expect(read({ operation, 'dry-run': dryRun }).request.general.dryRun).toBe(expected);
  });

  it.each([
    ['e2e', 'always'],
    ['create', 'on-failure'],
  ] as const)('resolves teardown auto of %s as %s', (operation, policy) => {
    expect(requestFor(operation).teardown.policy).toBe(policy);
  });

  it.each([
    ['e2e', {}, 4 * 3_600_000],
    ['create', {}, undefined],
    ['create', { ttl: '3h' }, 3 * 3_600_000],
    ['e2e', { ttl: 'never' }, undefined],
  ] as const)('gives what %s with %j makes a time to live of %s', (operation, given: Given, ttlMs) => {
    expect(requestFor(operation, given).cluster.ttlMs).toBe(ttlMs);
  });

  it('logs in by itself when it is told who and where', () => {
    const given = { 'client-id': guid, 'tenant-id': guid, 'subscription-id': guid };
    expect(requestFor('create', given).target).toMatchObject({
      subscriptionId: guid,
      login: { clientId: guid, tenantId: guid },
    });
    expect(requestFor('create').target).not.toHaveProperty('login');
  });

  it('tells given names from those of the run, which teardown may take for its own', () => {
    expect(requestFor('teardown', { 'resource-group': 'rg', 'cluster-name': 'mine' }).target).toMatchObject({
      resourceGroup: 'rg',
      resourceGroupGiven: true,
    });
  });

  it('takes a cluster from a kubeconfig file, from its content, or from KUBECONFIG', () => {
    const provider = 'kubeconfig';
    const source = (given: Given): unknown => requestFor('deploy', { provider, ...given }).target;
    expect(source({ kubeconfig: 'a.yaml', KUBECONFIG: 'b.yaml' })).toMatchObject({ source: { path: 'a.yaml' } });
    expect(source({ KUBECONFIG: 'b.yaml', context: 'kind' })).toMatchObject({
      source: { path: 'b.yaml' },
      context: 'kind',
    });
    expect(source({ 'kubeconfig-content': 'kind: Config', KUBECONFIG: 'b.yaml' })).toMatchObject({
      source: { content: 'kind: Config' },
    });
  });

  it('sweeps this repository unless others are named', () => {
    expect(requestFor('sweep').sweep.repositories).toEqual(['acme/shop']);
    expect(requestFor('sweep', { 'sweep-repositories': 'a/b, c/d' }).sweep.repositories).toEqual(['a/b', 'c/d']);
  });

  it('reads lists, lines and tags', () => {
    const { cluster } = requestFor('create', {
      zones: '1, 3,',
      tags: 'team=messaging, Cost=a=b',
      'extra-create-args': '--vnet-subnet-id\n/subscriptions/x\n',
      'authorized-ip-ranges': 'runner,203.0.113.0/24',
      'max-vcpus': '10',
    });
    expect(cluster).toMatchObject({
      zones: ['1', '3'],
      tags: { team: 'messaging', Cost: 'a=b' },
      extraCreateArgs: ['--vnet-subnet-id', '/subscriptions/x'],
      authorizedIpRanges: ['runner', '203.0.113.0/24'],
      maxVcpus: 10,
    });
  });

  it.each([
    [{ tags: 'a=1,A=2' }, 'tags "A": is given twice'],
    [{ tags: 'a=1,b=1,c=1,d=1,e=1,f=1,g=1,h=1' }, 'tags "8 tags": must be at most 7 tags'],
    [{ 'scale-to': ',' }, 'scale-to ",": has no element'],
    [{ 'idle-timeout': '270s' }, 'idle-timeout "270s": must be whole minutes'],
    [{ context: '-x' }, 'context "-x": must not begin with -'],
    [{ experiments: 'drian' }, 'experiments "drian": must be one of baseline, drain, pod-kill, power-off, reboot,'],
    [{ experiments: 'drian' }, 'did you mean drain'],
  ])('refuses %j', (given: Given, problem) => {
    expect(problemsOf(given).join('\n')).toContain(problem);
  });
});

describe('exposure', () => {
  it.each([
    ['public', 'Local'],
    ['internal', 'Local'],
    ['node-port', 'Cluster'],
    ['cluster-ip', undefined],
  ])('of %s has traffic policy %s', (serviceType, policy) => {
    expect(requestFor('deploy', { 'service-type': serviceType }).deployment.exposure.trafficPolicy).toBe(policy);
  });

  it('is for this runner only in e2e, and open otherwise', () => {
    expect(requestFor('e2e').deployment.exposure.sourceRanges).toEqual(['runner']);
    expect(requestFor('deploy').deployment.exposure.sourceRanges).toEqual([]);
  });
});

describe('warnings', () => {
  it('are none by default', () => {
    expect(read({ operation: 'render' }).warnings).toEqual([]);
  });
});
