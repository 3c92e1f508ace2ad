import { describe, expect, it } from '@jest/globals';
import { deleteCluster, readCluster } from '../../../../src/azure/cluster/cluster-requests.js';
import { parseCluster } from '../../../../src/azure/cluster/cluster.js';
import { createGroup } from '../../../../src/azure/cluster/group-requests.js';
import { restartMachine } from '../../../../src/azure/machines/machine-requests.js';
import { clusterJson, labWith, machine, prints, ref, refused, rejection } from '../fixtures.js';
import type { Answer } from '../scripted-azure.js';

const cluster = prints(clusterJson());
const done: Answer = { status: 200 };
const lost: Answer = { lost: 'socket hang up' };
const busy = refused(409, 'AnotherOperationInProgress', 'Another operation is in progress.');
const unavailable = refused(503, 'ServiceUnavailable');

describe('a failed request', () => {
  it('returns undefined only for a resource that does not exist', async () => {
    const find = (answer: Answer): Promise<unknown> => {
      const { azure } = labWith(script => script.on('GET managedClusters/', answer));
      return azure.find(readCluster(ref), parseCluster);
    };
    expect(await find(refused(404, 'ResourceNotFound'))).toBeUndefined();
    expect(await find(refused(404, 'ResourceGroupNotFound'))).toBeUndefined();
    expect(await find({ status: 404 })).toBeUndefined();
    expect(await rejection(find(refused(404, 'SubscriptionNotFound')))).toMatchObject({ code: 'azure-forbidden' });
    expect(await rejection(find(refused(403, 'AuthorizationFailed')))).toMatchObject({ code: 'azure-forbidden' });
  });

  it.each<[string, Answer, number]>([
    ['a busy cluster (409)', busy, 1_000],
    ['a busy cluster with Retry-After', { ...busy, headers: { 'retry-after': '3' } }, 3_000],
    ['an internal error (500)', refused(500, 'InternalServerError'), 1_000],
    ['an unavailable service (503)', unavailable, 1_000],
    ['a gateway without an error body (502)', { status: 502, stdout: '<html>Bad Gateway</html>' }, 1_000],
    ['a lost connection', lost, 1_000],
    ['throttling (429)', refused(429, 'TooManyRequests'), 5_000],
    ['throttling with Retry-After', refused(429, 'TooManyRequests', 'no', { 'retry-after': '120' }), 120_000],
  ])('is repeated after %s when it may be', async (_, answer, pauseMs) => {
    const reading = labWith(script => script.on('GET managedClusters/', answer, cluster));
    await reading.azure.run(readCluster(ref));
    expect(reading.clock.now()).toBe(pauseMs);
    const writing = labWith(script => script.on('PUT ', answer, done));
    await writing.azure.complete(createGroup(ref, 'eastus', {}));
    expect(writing.clock.now()).toBe(pauseMs);
    expect(writing.log.lines.at(-1)).toMatch(new RegExp(`retrying in ${pauseMs / 1000} s$`));
  });

  it.each<[string, Answer, string]>([
    ['a busy machine (409)', busy, 'azure-busy'],
    ['an unavailable service (503)', unavailable, 'azure-unavailable'],
    ['a lost connection', lost, 'azure-unavailable'],
  ])('is not repeated after %s if a repetition would be a second fault', async (_, answer, code) => {
    const { azure, runner } = labWith(script => script.on('POST ', answer));
    expect(await rejection(azure.complete(restartMachine(machine)))).toMatchObject({ code });
    expect(runner.requests).toHaveLength(1);
  });

  it('is repeated three times without a response, then it is an error that names the host', async () => {
    const { azure, clock } = labWith(script => script.on('GET managedClusters/', lost));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({
      code: 'azure-unavailable',
      message: 'Could not read the state of cluster aks-shop: no response from management.azure.com: socket hang up.',
    });
    expect(clock.now()).toBe(21_000);
  });

  it.each([
    'unable to get local issuer certificate',
    'self-signed certificate in certificate chain',
    "Hostname/IP does not match certificate's altnames",
    'certificate has expired',
    'the proxy refused the connection with status 407',
    'the certificates of REQUESTS_CA_BUNDLE cannot be read: ENOENT: no such file',
  ])('is an error at once when another try does not help: %s', async reason => {
    const { azure, runner, clock } = labWith(script => script.on('GET managedClusters/', { lost: reason }));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({
      code: 'azure-unreachable',
      message: `Could not read the state of cluster aks-shop: no response from management.azure.com: ${reason}.`,
    });
    expect([runner.requests.length, clock.now()]).toEqual([1, 0]);
  });

  it('with a condition is azure-precondition, and is not repeated (412)', async () => {
    const changed = refused(412, 'EtagMismatch', 'Etag mismatched');
    const { azure, runner } = labWith(script => script.on('DELETE ', changed));
    const error = await rejection(azure.begin(deleteCluster(ref, 'W/"etag-1"')));
    expect(error).toMatchObject({ code: 'azure-precondition' });
    expect(runner.requests.map(({ headers }) => headers['if-match'])).toEqual(['W/"etag-1"']);
  });

  it('with a condition is azure-precondition for any 412', async () => {
    const { azure } = labWith(script => script.on('DELETE ', { status: 412 }));
    expect(await rejection(azure.begin(deleteCluster(ref, 'etag-1')))).toMatchObject({ code: 'azure-precondition' });
  });

  it('has the body and the ids of the request as evidence', async () => {
    const headers = { 'x-ms-request-id': 'req-1', 'x-ms-correlation-request-id': 'cor-1' };
    const { azure } = labWith(script => script.on('GET managedClusters/', refused(400, 'BadRequest', 'odd', headers)));
    expect(await rejection(azure.run(readCluster(ref)))).toMatchObject({
      code: 'azure-invalid',
      message: 'Could not read the state of cluster aks-shop: (BadRequest) odd',
      evidence: '{"error":{"code":"BadRequest","message":"odd"}}\nrequest id req-1\ncorrelation id cor-1',
    });
  });

  it('has no ids that Azure did not send as evidence', async () => {
    const { azure } = labWith(script => script.on('GET managedClusters/', refused(400, 'BadRequest')));
    const error = await rejection(azure.run(readCluster(ref)));
    expect((error as { evidence: string }).evidence).not.toContain('id ');
  });
});

describe('the log and the journal', () => {
  it('have the az command with the same effect before each write, and none for a read', async () => {
    const { azure, log } = labWith(script => script.on('GET ', cluster).on('DELETE ', lost, done).on('POST ', done));
    await azure.run(readCluster(ref));
    expect(log.lines).toEqual([]);
    await azure.begin(deleteCluster(ref, 'etag-1'));
    await azure.complete(restartMachine(machine));
    expect(log.lines.filter(line => line.startsWith('same as: '))).toEqual([
      `same as: az aks delete --name aks-shop --resource-group rg-shop --subscription ${ref.subscriptionId} --if-match etag-1 --yes --no-wait`,
      `same as: az vmss restart --resource-group MC_rg-shop_aks-shop_eastus --subscription ${ref.subscriptionId} --name aks-np-1 --instance-ids 3`,
    ]);
    expect(log.lines[0]).toMatch(/^same as: az aks delete/);
  });

  it('record each request with its status, and 0 for a lost response', async () => {
    const { azure, calls } = labWith(script => script.on('DELETE ', lost, refused(404, 'ResourceNotFound')));
    await rejection(azure.begin(deleteCluster(ref, '')));
    const record = {
      api: 'azure',
      method: 'DELETE',
      path: `/subscriptions/${ref.subscriptionId}/resourceGroups/rg-shop/providers/Microsoft.ContainerService/managedClusters/aks-shop?api-version=2025-07-01`,
      why: 'delete cluster aks-shop in resource group rg-shop',
      ms: 0,
    };
    expect(calls).toEqual([
      { ...record, startedMs: 0, status: 0 },
      { ...record, startedMs: 1_000, status: 404 },
    ]);
  });
});

describe('date', () => {
  const headers = { date: 'Thu, 01 Jan 2026 02:00:00 GMT' };

  it('is that of the runner until Azure has responded, then that of Azure', async () => {
    const { azure, clock } = labWith(script => script.on('GET managedClusters/', { ...cluster, headers }));
    expect(azure.date().toISOString()).toBe('2026-01-01T00:00:00.000Z');
    await azure.run(readCluster(ref));
    expect(azure.date().toISOString()).toBe('2026-01-01T02:00:00.000Z');
    clock.advance(1_000);
    expect(azure.withSignal(new AbortController().signal).date().toISOString()).toBe('2026-01-01T02:00:01.000Z');
  });

  it('is that of Azure after an error too', async () => {
    const { azure } = labWith(script =>
      script.on('GET managedClusters/', refused(404, 'ResourceNotFound', '', headers)),
    );
    await azure.find(readCluster(ref), parseCluster);
    expect(azure.date().toISOString()).toBe('2026-01-01T02:00:00.000Z');
  });

  it('is used for the time that a token is valid', async () => {
    const { azure } = labWith(script =>
      script.on('GET managedClusters/', { ...cluster, headers: { date: 'Thu, 01 Jan 2026 00:20:00 GMT' } }),
    );
    expect(await azure.tokenMs('')).toBe(60 * 60_000);
    await azure.run(readCluster(ref));
    expect(await azure.tokenMs('')).toBe(40 * 60_000);
  });
});
