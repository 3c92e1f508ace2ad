import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { stat, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Fault } from '../azure/fault.js';
import * as faults from '../azure/faults.js';
import { createGate } from '../azure/gate.js';
import { user } from '../azure/names.js';
import { hangMs } from './support/limits.js';
import { renewableLogins } from './support/logins.js';
import {
  az,
  azJson,
  azure,
  createArgv,
  folder,
  host,
  logIn,
  logInAnew,
  show,
  startBench,
  stopBench,
} from './support/stand-in-bench.js';

jest.setTimeout(hangMs);

beforeAll(startBench);
afterAll(stopBench);

describe('the real az on the stand-in', () => {
  it('logs in with a token of the job, and stays logged in', async () => {
    const account = await azJson<{ id: string; tenantId: string }>('account', 'show');
    expect(account).toMatchObject({ id: azure.subscriptionId, tenantId: azure.tenantId });
    const asked = azure.requests().filter(({ path }) => path.endsWith('/token'));
    expect(asked).toHaveLength(1);
  });

  it.each(renewableLogins)('logs in as $who', async ({ who, argv, shown }) => {
    const apart = { AZURE_CONFIG_DIR: join(folder, who) };
    // With less than five minutes left, az requests another token for each command.
    azure.tune({ accessTokenTtlMs: 60_000 });
    expect(await az(['login', ...argv, '--output', 'none'], '', apart)).toEqual({ code: 0, stdout: '', stderr: '' });
    const group = await az(['group', 'exists', '-n', 'rg'], '', apart);
    azure.tune({ accessTokenTtlMs: 3_600_000 });
    expect(group).toEqual({ code: 0, stdout: 'false\n', stderr: '' });
    const { stdout } = await az(['account', 'show', '--query', 'user', '-o', 'json'], '', apart);
    expect(JSON.parse(stdout)).toEqual(shown);
  });

  it('creates a cluster whose state is Creating until its Kubernetes runs', async () => {
    await azJson('group', 'create', '-n', 'rg', '-l', 'eastus', '--tags', 'managed-by=us');
    const gate = createGate();
    azure.inject(faults.slowOperation({ gate }));
    expect(await az(createArgv('rg', 'aks'))).toEqual({ code: 0, stdout: '', stderr: '' });
    await gate.reached;
    expect((await show('rg', 'aks')).provisioningState).toBe('Creating');
    expect(host.clusters.size).toBe(0);

    gate.open();
    const { operation } = azure.resources().clusters[0] ?? {};
    await operation?.settled;
    const shown = await show('rg', 'aks');
    expect(shown).toMatchObject({
      provisioningState: 'Succeeded',
      tags: { 'managed-by': 'us' },
      powerState: { code: 'Running' },
      nodeResourceGroup: 'MC_rg_aks_eastus',
      agentPoolProfiles: [{ name: 'nodepool1', count: 3, minCount: 3, maxCount: 5, tags: { 'managed-by': 'us' } }],
    });
    expect(shown.eTag).toMatch(/^[0-9a-f-]{36}$/);
    expect(host.running.size).toBe(3);
  });

  it('refuses to create the same cluster again', async () => {
    const { code, stderr } = await az(createArgv('rg', 'aks'));
    expect(code).toBe(1);
    expect(stderr).toContain("already exists. Please use command 'az aks update'");
  });

  it('writes credentials into a private file', async () => {
    const file = join(folder, 'kubeconfig');
    const { code } = await az(['aks', 'get-credentials', '-g', 'rg', '-n', 'aks', '--admin', '-f', file]);
    expect(code).toBe(0);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toContain('clusterAdmin_rg_aks');
  });

  it('powers off one machine, and shows it', async () => {
    const [scaleSet] = azure.resources().scaleSets;
    const target = ['-g', 'MC_rg_aks_eastus', '-n', scaleSet?.name ?? ''];
    await az(['vmss', 'stop', ...target, '--instance-ids', '1', '--skip-shutdown']);
    expect([...host.running].map(key => key.split('/').at(-1))).toEqual(['0', '2']);
    const query = '[].[instanceId, osProfile.computerName, instanceView.statuses[1].code]';
    const machines = await azJson('vmss', 'list-instances', ...target, '--expand', 'instanceView', '--query', query);
    expect(machines).toContainEqual(['1', `${scaleSet?.name ?? ''}000001`, 'PowerState/stopped']);
  });

  it('moves an autoscaled pool into new bounds', async () => {
    const bounds = ['--update-cluster-autoscaler', '--min-count', '4', '--max-count', '5'];
    const pool = await azJson<{ count: number }>(
      ...['aks', 'nodepool', 'update', '-g', 'rg', '--cluster-name', 'aks', '-n', 'nodepool1', ...bounds],
    );
    expect(pool.count).toBe(4);
    expect(azure.resources().scaleSets[0]?.instances.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  });

  it('fills an autoscaled pool again after a machine was deleted', async () => {
    const [scaleSet] = azure.resources().scaleSets;
    const machine = `${scaleSet?.name ?? ''}000000`;
    const pool = ['-g', 'rg', '--cluster-name', 'aks', '-n', 'nodepool1'];
    const { code } = await az(['aks', 'nodepool', 'delete-machines', ...pool, '--machine-names', machine]);
    expect(code).toBe(0);
    expect(azure.resources().scaleSets[0]?.instances.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
  });

  it('aborts the current operation on a cluster', async () => {
    azure.inject(faults.slowOperation({ gate: createGate() }));
    await az(createArgv('rg', 'aborted'));
    expect((await az(['aks', 'operation-abort', '-g', 'rg', '-n', 'aborted'])).code).toBe(0);
    expect((await show('rg', 'aborted')).provisioningState).toBe('Canceled');
  });

  it('shows quota, sizes and versions from one catalogue', async () => {
    azure.tune({ restrictedSizes: ['Standard_D2s_v4'] });
    const [usages, sizes, versions] = await Promise.all([
      azJson<unknown[]>('vm', 'list-usage', '-l', 'eastus', '--query', "[?name.value=='cores'].[currentValue, limit]"),
      azJson<string[]>('vm', 'list-skus', '-l', 'eastus', '--size', 'Standard_D2s_v', '--query', '[].name'),
      azJson<string[]>('aks', 'get-versions', '-l', 'eastus', '--query', 'values[?isDefault].version'),
    ]);
    // az reads the usages as texts.
    expect(usages.flat().map(Number)).toEqual([8, 100]);
    expect(sizes).toEqual(['Standard_D2s_v5']);
    expect(versions).toEqual(['1.36']);
  });
});

describe('faults, as az shows them', () => {
  const refusals: readonly [string, Fault, string][] = [
    ['no quota', faults.insufficientQuota(), '(ErrCode_InsufficientVCPUQuota) Insufficient regional vcpu quota left'],
    ['a size refused', faults.sizeNotAvailable('Standard_D2s_v5', { times: 1 }), 'is not allowed in your subscription'],
    ['another operation', faults.busy(), '(OperationNotAllowed) Operation is not allowed: Another operation'],
    ['no role', faults.authorizationFailed('Microsoft.X/write'), '(AuthorizationFailed) The client'],
    ['a policy', faults.disallowedByPolicy('only-europe'), '(RequestDisallowedByPolicy)'],
    ['a lost race', faults.etagMismatch(), '(EtagMismatch) rpc error: code = FailedPrecondition'],
    ['no more claims', faults.claimsChallenge({ method: 'PUT', times: 4 }), 'InvalidAuthenticationToken'],
  ];

  it.each(refusals)('%s: one line with the code, exit code 1', async (_, refusal, text) => {
    await logInAnew();
    const remove = azure.inject(refusal);
    const { code, stdout, stderr } = await az(createArgv('rg', 'refused'));
    remove();
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(`ERROR: `);
    expect(stderr).toContain(text);
  });

  it('throttles az, which retries by itself', async () => {
    azure.inject(faults.throttled({ times: 4 }));
    const before = azure.requests().length;
    const { code, stderr } = await az(createArgv('rg', 'throttled'));
    expect(code).toBe(1);
    expect(stderr).toContain('(Throttled)');
    const throttledRequests = azure
      .requests()
      .slice(before)
      .filter(({ faults: names }) => names.includes('throttled'));
    expect(throttledRequests.map(({ status }) => status)).toEqual([429, 429, 429, 429]);
  });

  it('leaves a Failed cluster without capacity, whose reason is in the activity log', async () => {
    azure.inject(faults.outOfCapacity('Standard_D2as_v5'));
    expect((await az(createArgv('rg', 'full', 'Standard_D2as_v5'))).code).toBe(0);
    const cluster = azure.resources().clusters.find(({ name }) => name === 'full');
    await cluster?.operation?.settled;
    const shown = await show('rg', 'full');
    expect(shown.provisioningState).toBe('Failed');
    const log = ['monitor', 'activity-log', 'list', '--resource-id', cluster?.id ?? '', '--status', 'Failed'];
    const [message] = await azJson<string[]>(...log, '--query', '[].properties.statusMessage');
    expect(message).toContain('"code":"AllocationFailed"');

    const inner = '[status.provisioningError.code, status.provisioningError.message]';
    const [code] = await azJson<string[]>('aks', 'show', '-g', 'rg', '-n', 'full', '--query', inner);
    expect(code).toBe('AllocationFailed');

    const remove = ['aks', 'delete', '-g', 'rg', '-n', 'full', '--yes', '--if-match'];
    const refused = await az([...remove, 'another']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('(PreconditionFailed)');
    azure.tune({ etagsVerbatim: true });
    const quoted = await az([...remove, shown.eTag]);
    azure.tune({ etagsVerbatim: false });
    expect(quoted.stderr).toContain('(PreconditionFailed)');
    expect((await az([...remove, shown.eTag])).code).toBe(0);
    expect((await az(['aks', 'show', '-g', 'rg', '-n', 'full'])).code).toBe(3);
    expect((await az([...remove, shown.eTag])).code).toBe(0);
  });

  it('says why a group could not be deleted, and that a machine is busy', async () => {
    const [scaleSet] = azure.resources().scaleSets;
    azure.inject(faults.groupDeletionFails('ResourceGroupDeletionTimeout', 'rg', scaleSet?.id ?? ''));
    azure.inject(faults.runCommandInProgress());
    const target = ['-g', scaleSet?.group ?? '', '-n', scaleSet?.name ?? '', '--instance-id', '1'];
    const script = ['--command-id', 'RunShellScript', '--scripts', 'systemctl start kubelet'];
    const [deletion, command] = await Promise.all([
      az(['group', 'delete', '-n', 'rg', '--yes']),
      az(['vmss', 'run-command', 'invoke', ...target, ...script]),
    ]);
    expect(deletion.stderr).toContain('(ResourceGroupDeletionTimeout) Deletion of resource group');
    expect(command.stderr).toContain('(Conflict) Run command extension execution is in progress.');
  });

  it('reports a cluster that was created although the response to its PUT was lost', async () => {
    azure.inject(faults.droppedAfterEffect());
    const { code, stderr } = await az(createArgv('rg', 'lost'));
    expect(code).toBe(1);
    expect(stderr).toContain('(PreconditionFailed)');
    expect(azure.resources().clusters.map(({ name }) => name)).toContain('lost');
  });

  it('says why a login failed', async () => {
    const apart = { AZURE_CONFIG_DIR: join(folder, 'another-login') };
    azure.inject(faults.federatedTokenRefused());
    const refused = await logIn(azure.issueAssertion(), apart);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('AADSTS700213: No matching federated identity record found');

    const password = ['--username', user.name, '--password', 'wrong', '--tenant', azure.tenantId];
    expect((await az(['login', ...password], '', apart)).stderr).toContain('AADSTS50126: Error validating credentials');
    const stranger = ['--identity', '--client-id', azure.clientId];
    expect((await az(['login', ...stranger], '', apart)).stderr).toContain('Identity not found');

    // With less than five minutes left, az requests another access token with the same assertion.
    azure.tune({ accessTokenTtlMs: 60_000 });
    expect((await logIn(azure.issueAssertion(), apart)).code).toBe(0);
    azure.tune({ assertionTtlMs: 0 });
    const expired = await az(['group', 'exists', '-n', 'rg'], '', apart);
    expect(expired.code).toBe(1);
    expect(expired.stderr).toContain('AADSTS700024: Client assertion is not within its valid time range');
  });
});

describe('the end of a run', () => {
  it('keeps what other people created, while a group is deleted with a cluster that is still being created', async () => {
    azure.place.group({ name: 'theirs', tags: { owner: 'somebody' } });
    const theirs = await azure.place.cluster({ group: 'theirs', name: 'other', vmSize: 'Standard_D2ds_v5' });
    const gate = createGate();
    azure.inject(faults.slowOperation({ gate }));
    await az(createArgv('rg', 'late'));
    await gate.reached;

    expect((await az(['group', 'delete', '-n', 'rg', '--yes'])).code).toBe(0);
    const left = azure.resources();
    expect(left.clusters).toEqual([theirs]);
    expect(left.groups.map(({ name }) => name)).toEqual(['theirs', 'MC_theirs_other_eastus']);
    expect([host.clusters.size, host.running.size]).toEqual([0, 0]);
  });

  it('refuses to deallocate a machine whose system disk is ephemeral', async () => {
    const [scaleSet] = azure.resources().scaleSets;
    const target = ['-g', scaleSet?.group ?? '', '-n', scaleSet?.name ?? '', '--instance-ids', '0'];
    const { code, stderr } = await az(['vmss', 'deallocate', ...target]);
    expect(code).toBe(1);
    expect(stderr).toContain("(OperationNotAllowed) Operation 'deallocate' is not supported for VMs");
  });

  it('has contacted no other host, and found a response to every request', () => {
    expect(azure.refused()).toEqual([]);
    expect(azure.problems()).toEqual([]);
  });

  it('lists an outside host that a program contacts', async () => {
    const proxy = new URL(azure.env['HTTPS_PROXY'] ?? '');
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asking = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path: 'example.com:443' });
      asking.on('connect', answer => {
        resolve(answer.statusCode);
      });
      asking.on('error', reject);
      asking.end();
    });
    expect(status).toBe(403);
    expect(azure.refused()).toEqual(['example.com:443']);
  });
});
