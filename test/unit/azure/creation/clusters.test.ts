import { describe, expect, it } from '@jest/globals';
import { type CreatePlan, ensureCluster, type EnsuredCluster } from '../../../../src/azure/creation/clusters.js';
import {
  absent,
  clusterJson,
  fails,
  type Lab,
  labWith,
  owner,
  prints,
  ref,
  rejection,
  spec,
  tagsOf,
  verbs,
} from '../fixtures.js';
import { type Answer, endpoint } from '../scripted-azure.js';

const plan: CreatePlan = {
  ref,
  spec,
  tags: tagsOf(),
  upgradesOff: true,
  vmSizes: spec.nodeVmSizes,
  claim: { existingCluster: 'fail', owner, creationId: 'c-1' },
  groupCreated: true,
  deadlineMs: 25 * 60_000,
};
const second = {
  ...plan,
  groupCreated: false,
  claim: { ...plan.claim, owner: { ...owner, attempt: '2' }, creationId: 'c-2' },
};
const creating = prints(clusterJson({ provisioningState: 'Creating' }));
const ready = prints(clusterJson());
const capacity = fails('(AllocationFailed) Allocation failed. We do not have sufficient capacity.');

function failed(code: string, message: string): ReturnType<typeof prints> {
  return prints(clusterJson({ provisioningState: 'Failed', status: { provisioningError: { code, message } } }));
}

function ensure({ azure }: Lab, changes: Partial<CreatePlan> = {}, ids: string[] = []): Promise<EnsuredCluster> {
  return ensureCluster(azure, { ...plan, ...changes }, id => ids.push(id));
}

describe('ensureCluster', () => {
  it('sends one request and polls until Azure has finished', async () => {
    const lab = labWith(script => script.on('aks create', {}).on('GET managedClusters/', creating, creating, ready));
    const ids: string[] = [];
    const result = await ensure(lab, {}, ids);
    expect(result).toMatchObject({
      created: true,
      creationId: 'c-1',
      cluster: { vmSize: 'Standard_D2s_v5', etag: 'etag-1' },
    });
    expect(verbs(lab.runner)).toEqual([
      'az aks create',
      'GET managedClusters/aks-shop',
      'GET managedClusters/aks-shop',
      'GET managedClusters/aks-shop',
    ]);
    expect(ids).toEqual(['c-1']);
  });

  it('tries the next size when Azure has no capacity for the first one', async () => {
    const lab = labWith(script =>
      script.on('aks create', capacity, {}).on('GET managedClusters/', absent, absent, ready),
    );
    await ensure(lab);
    const sizes = lab.runner.lines().filter(line => line.includes('aks create'));
    expect(sizes[0]).toContain('--node-vm-size Standard_D2s_v5');
    expect(sizes[1]).toContain('--node-vm-size Standard_D2as_v5');
  });

  it('deletes a cluster that failed because of capacity, waits for the deletion, and tries the next size', async () => {
    const broken = failed('CreateVMSSAgentPoolFailed', 'inner: ZonalAllocationFailed');
    const lab = labWith(script =>
      script
        .on('aks create', {}, {})
        .on('GET managedClusters/', creating, broken, broken, broken, absent, ready)
        .on('DELETE managedClusters/', {}),
    );
    await ensure(lab);
    expect(verbs(lab.runner)).toEqual([
      'az aks create',
      ...['GET managedClusters/aks-shop', 'GET managedClusters/aks-shop', 'GET managedClusters/aks-shop'],
      'DELETE managedClusters/aks-shop',
      ...['GET managedClusters/aks-shop', 'GET managedClusters/aks-shop'],
      'az aks create',
      'GET managedClusters/aks-shop',
    ]);
    expect(lab.runner.lines()[4]).toContain('if-match etag-1');
  });

  it('reports at once why the deletion of a failed cluster failed', async () => {
    const broken = failed('CreateVMSSAgentPoolFailed', 'inner: ZonalAllocationFailed');
    const url = 'https://management.azure.com/subscriptions/s/operations/1';
    const accepted: Answer = { status: 202, headers: { 'azure-asyncoperation': url } };
    const ended = { status: 'Failed', error: { code: 'ScopeLocked', message: 'The scope is locked.' } };
    const lab = labWith(script =>
      script
        .on('aks create', {})
        .on('GET managedClusters/', broken)
        .on('GET operations/1', prints(ended))
        .on('DELETE managedClusters/', accepted),
    );
    expect(await rejection(ensure(lab))).toMatchObject({
      code: 'delete-incomplete',
      message: expect.stringContaining('The scope is locked.'),
    });
    expect(lab.clock.now()).toBeLessThan(5 * 60_000);
  });

  it.each([
    ['was already requested by somebody else', fails('(Conflict) since deletion was issued on the cluster')],
    [
      'has an operation whose URL has expired',
      { status: 202, headers: { location: `${endpoint}/x/operationresults/1` } },
    ],
  ])('waits for the deletion of a failed cluster that %s', async (_, answer: Answer) => {
    const broken = failed('CreateVMSSAgentPoolFailed', 'inner: ZonalAllocationFailed');
    const lab = labWith(script =>
      script
        .on('aks create', {}, {})
        .on(
          'GET managedClusters/',
          broken,
          broken,
          prints(clusterJson({ provisioningState: 'Deleting' })),
          absent,
          ready,
        )
        .on('GET operationresults/', fails('(AuthorizationFailed) The URL has expired.'))
        .on('DELETE managedClusters/', answer),
    );
    expect(await ensure(lab)).toMatchObject({ created: true });
  });

  it('reports at once that a deletion in progress has failed', async () => {
    const deleting = prints(clusterJson({ provisioningState: 'Deleting' }));
    const lab = labWith(script => script.on('GET managedClusters/', deleting, deleting, ready));
    expect(await rejection(ensure(lab, second))).toMatchObject({ code: 'delete-incomplete' });
    expect(lab.clock.now()).toBeLessThan(5 * 60_000);
  });

  it('names every size when none is available, and leaves the last failed cluster to the teardown', async () => {
    const lab = labWith(script => script.on('aks create', capacity).on('GET managedClusters/', absent));
    const error = await rejection(ensure(lab));
    expect(error).toMatchObject({ code: 'azure-capacity' });
    expect((error as Error).message).toMatch(/Standard_D2s_v5: .*\nStandard_D2as_v5: /);
  });

  it('does not try another size when the quota is exceeded', async () => {
    const quota = fails('(ErrCode_InsufficientVCPUQuota) Insufficient regional vcpu quota left for location eastus.');
    const lab = labWith(script => script.on('aks create', quota).on('GET managedClusters/', absent));
    expect(await rejection(ensure(lab))).toMatchObject({ code: 'azure-quota' });
    expect(verbs(lab.runner)).toEqual(['az aks create', 'GET managedClusters/aks-shop']);
  });

  it('finds its cluster by the creation id when the response was lost', async () => {
    const lost = fails("('Cannot connect to proxy.', RemoteDisconnected('closed'))");
    const lab = labWith(script => script.on('aks create', lost).on('GET managedClusters/', creating, creating, ready));
    expect(await ensure(lab)).toMatchObject({ created: true, creationId: 'c-1' });
    expect(verbs(lab.runner).filter(verb => verb === 'az aks create')).toHaveLength(1);
  });

  it('recognizes the false conflict of a repeated request', async () => {
    const conflict = fails(
      '(OperationNotAllowed) Operation is not allowed: Another operation (Creating) is in progress',
    );
    const lab = labWith(script => script.on('aks create', conflict).on('GET managedClusters/', creating, ready));
    expect(await ensure(lab)).toMatchObject({ created: true });
  });

  it('repeats a lost request that had no effect, and gives up when the second one is lost too', async () => {
    const lost = fails('Connection aborted.');
    const lab = labWith(script => script.on('aks create', lost).on('GET managedClusters/', absent));
    expect(await rejection(ensure(lab))).toMatchObject({ code: 'azure-unavailable' });
    expect(verbs(lab.runner)).toEqual([
      'az aks create',
      'GET managedClusters/aks-shop',
      'az aks create',
      'GET managedClusters/aks-shop',
    ]);
  });

  it('fails for a name that another run uses, and deletes nothing', async () => {
    const theirs = prints(clusterJson({ tags: tagsOf({ ...owner, instance: 'check-1' }, 'c-9') }));
    const lab = labWith(script =>
      script.on('aks create', fails('(EtagMismatch) exists')).on('GET managedClusters/', theirs),
    );
    expect(await rejection(ensure(lab, { groupCreated: false }))).toMatchObject({ code: 'cluster-exists' });
    expect(verbs(lab.runner)).toEqual(['az aks create', 'GET managedClusters/aks-shop']);
  });

  it('adopts a cluster that a former attempt is still creating, and records its id first', async () => {
    const lab = labWith(script => script.on('GET managedClusters/', creating, creating, ready));
    const ids: string[] = [];
    expect(await ensure(lab, second, ids)).toMatchObject({ created: true, creationId: 'c-1' });
    expect(verbs(lab.runner)).not.toContain('az aks create');
    expect(ids).toEqual(['c-1']);
  });

  it('replaces a Failed cluster of a former attempt', async () => {
    const broken = failed('X', 'y');
    const lab = labWith(script =>
      script
        .on('GET managedClusters/', broken, broken, absent, ready)
        .on('DELETE managedClusters/', {})
        .on('aks create', {}),
    );
    expect(await ensure(lab, second)).toMatchObject({ created: true });
    expect(verbs(lab.runner)).toEqual([
      ...['GET managedClusters/aks-shop', 'GET managedClusters/aks-shop'],
      'DELETE managedClusters/aks-shop',
      'GET managedClusters/aks-shop',
      'az aks create',
      'GET managedClusters/aks-shop',
    ]);
  });

  it('reuses an existing cluster if requested, without claiming it', async () => {
    const theirs = prints(clusterJson({ tags: { team: 'shop' } }));
    const lab = labWith(script => script.on('GET managedClusters/', theirs));
    const ids: string[] = [];
    const claim = { ...plan.claim, existingCluster: 'reuse' as const };
    expect(await ensure(lab, { claim, groupCreated: false }, ids)).toMatchObject({ created: false, creationId: '' });
    expect(ids).toEqual([]);
  });

  it.each([
    ['stopped', { powerState: { code: 'Stopped' } }, 'azure-invalid'],
    ['Failed', { provisioningState: 'Failed' }, 'cluster-exists'],
  ])('does not reuse a cluster that is %s', async (_, changes, code) => {
    const theirs = prints(clusterJson({ tags: {}, ...changes }));
    const lab = labWith(script => script.on('GET managedClusters/', theirs));
    const claim = { ...plan.claim, existingCluster: 'reuse' as const };
    expect(await rejection(ensure(lab, { claim, groupCreated: false }))).toMatchObject({ code });
  });

  it('waits for a deletion in progress, then creates', async () => {
    const deleting = prints(clusterJson({ provisioningState: 'Deleting' }));
    const lab = labWith(script =>
      script.on('GET managedClusters/', deleting, deleting, absent, ready).on('aks create', {}),
    );
    expect(await ensure(lab, second)).toMatchObject({ created: true });
  });

  it('explains a failure from the activity log, which is delayed, if the cluster has no reason', async () => {
    const statusMessage = JSON.stringify({
      error: {
        code: 'ResourceOperationFailure',
        message: 'failed',
        details: [{ code: 'NodesNotReady', message: '2 of 3' }],
      },
    });
    const lab = labWith(script =>
      script
        .on('aks create', {})
        .on('GET managedClusters/', prints(clusterJson({ provisioningState: 'Failed' })))
        .on('GET management/values', prints([]), prints([{ properties: {} }, { properties: { statusMessage } }])),
    );
    expect(await rejection(ensure(lab))).toMatchObject({
      code: 'cluster-create-failed',
      message: expect.stringContaining(
        'ended in state Failed: (ResourceOperationFailure) failed (NodesNotReady) 2 of 3',
      ),
    });
  });

  it('still reports the failure when the activity log cannot be read', async () => {
    const lab = labWith(script =>
      script
        .on('aks create', {})
        .on('GET managedClusters/', prints(clusterJson({ provisioningState: 'Failed' })))
        .on('activity-log list', fails('(AuthorizationFailed) no')),
    );
    expect(await rejection(ensure(lab))).toMatchObject({
      code: 'cluster-create-failed',
      message: expect.stringContaining('ended in state Failed: Azure gives no reason.'),
      evidence: expect.stringContaining('The activity log could not be read.'),
    });
  });

  it('fails at its deadline, and reports the state of the cluster', async () => {
    const lab = labWith(script => script.on('aks create', {}).on('GET managedClusters/', creating));
    expect(await rejection(ensure(lab))).toMatchObject({
      code: 'cluster-create-timeout',
      message: expect.stringContaining('not ready after 25m 00s; its state is Creating'),
    });
    expect(lab.clock.now()).toBe(25 * 60_000);
  });

  it('detects that the cluster was deleted during the wait', async () => {
    const lab = labWith(script => script.on('aks create', {}).on('GET managedClusters/', creating, absent));
    expect(await rejection(ensure(lab))).toMatchObject({ code: 'azure-preempted' });
  });
});
