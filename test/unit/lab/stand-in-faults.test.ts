import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '../../lab/azure/fault.js';
import * as faults from '../../lab/azure/faults.js';
import { createGate } from '../../lab/azure/gate.js';
import { defaultSettings } from '../../lab/azure/settings.js';
import { type Reply, startStandInClient, type StandInClient } from '../../support/stand-in-client.js';
import { differences, recording, shapeDifferences, valueAt } from './recorded.js';

let client: StandInClient;
let group: string;
let cluster: string;
let scaleSet: string;

const version = '?api-version=2026-05-01';
const errors = recording('errors');
const cause = { code: 'OverconstrainedZonalAllocationRequest', target: '11', message: 'Allocation failed.' };
const script = { body: { commandId: 'RunShellScript', script: ['systemctl start kubelet'] } };
const oneMachine = { body: { instanceIds: ['0'] } };
const clusterBody = (count: number) => ({
  body: {
    location: 'eastus',
    properties: { dnsPrefix: 'x', agentPoolProfiles: [{ name: 'pool', count, vmSize: 'Standard_D2s_v5' }] },
  },
});

const show = async (): Promise<unknown> => (await client.send('GET', `${cluster}${version}`)).body;
const create = (name: string): Promise<Reply> => client.send('PUT', `${cluster}${name}${version}`, clusterBody(3));
const update = (headers = {}): Promise<Reply> =>
  client.send('PUT', `${cluster}${version}`, { ...clusterBody(3), headers });

beforeAll(async () => {
  client = await startStandInClient();
  group = `${client.subscription}/resourceGroups/rg`;
  cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  await client.send('PUT', `${group}${version}`, { body: { location: 'eastus' } });
  await client.poll(await create(''));
  scaleSet = client.azure.resources().scaleSets[0]?.id ?? '';
});

afterAll(() => client.stop());

beforeEach(() => {
  client.azure.tune({ ...defaultSettings(), lroMs: 20, pollAfterMs: undefined });
});

describe('refusals', () => {
  const cases: readonly [string, () => Fault, () => Promise<Reply>][] = [
    ['etagMismatch', faults.etagMismatch, update],
    [
      'originalEtagNotExpect',
      () => faults.originalEtagNotExpect('pool'),
      () => client.send('PUT', `${cluster}/agentPools/pool${version}`, { body: { properties: { count: 3 } } }),
    ],
    [
      'runCommandInProgress',
      faults.runCommandInProgress,
      () => client.send('POST', `${scaleSet}/virtualMachines/0/runCommand${version}`, script),
    ],
    [
      'concurrentRequest',
      faults.concurrentRequest,
      () => client.send('POST', `${scaleSet}/poweroff${version}`, oneMachine),
    ],
    ['throttled', faults.subscriptionThrottled, () => client.send('GET', `${cluster}${version}`)],
  ];

  it.each(cases)('%s, in the words of Azure', async (name, make, send) => {
    const remove = client.azure.inject(make());
    expect(differences(await send(), errors, name)).toEqual([]);
    remove();
  });

  it('throttles with a time in the text only, when asked to', async () => {
    client.azure.inject(faults.subscriptionThrottled({}, 6, false));
    const { status, headers } = await client.send('GET', `${cluster}${version}`);
    expect([status, headers['retry-after']]).toEqual([429, undefined]);
  });

  it('asks for claims, and says that a token is too old, in a header', async () => {
    client.azure.inject(faults.claimsChallenge());
    const challenged = await client.send('GET', `${cluster}${version}`);
    const [, claims = ''] =
      /error="insufficient_claims", claims="([^"]+)"/.exec(String(challenged.headers['www-authenticate'])) ?? [];
    expect(challenged.status).toBe(401);
    expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toHaveProperty('access_token.nbf.essential', true);

    client.azure.inject(faults.accessTokenExpired());
    const expired = await client.send('GET', `${cluster}${version}`);
    expect(expired.headers['www-authenticate']).toContain('error="invalid_token"');
    expect(valueAt(expired.body, 'error.code')).toBe('ExpiredAuthenticationToken');
  });

  it('leaves out the power state of a machine', async () => {
    client.azure.inject(faults.powerStateMissing());
    const { body } = await client.send('GET', `${scaleSet}/virtualMachines/0/instanceView${version}`);
    expect(valueAt(body, 'statuses.0.code')).toBe('ProvisioningState/updating');
    expect(valueAt(body, 'statuses.1')).toBeUndefined();
  });

  it('answers 412 and failing polls', async () => {
    client.azure.inject(faults.preconditionFailed());
    expect((await update()).status).toBe(412);
    client.azure.inject(faults.pollFails(503));
    const operation = String((await update()).headers['azure-asyncoperation']);
    expect((await client.send('GET', operation)).status).toBe(503);
    await client.azure.idle();
  });
});

describe('entity tags', () => {
  it('are compared as sent only when the setting says so', async () => {
    const quoted = async (): Promise<Record<string, string>> => ({
      'if-match': `"${String(valueAt(await show(), 'eTag'))}"`,
    });
    await client.poll(await update(await quoted()));
    client.azure.tune({ etagsVerbatim: true });
    expect((await update(await quoted())).status).toBe(412);
    const accepted = await update({ 'if-match': String(valueAt(await show(), 'eTag')) });
    expect(accepted.status).toBe(200);
    await client.poll(accepted);
  });

  it('do not matter for the deletion of an absent cluster, and forbid its creation', async () => {
    const sent = { headers: { 'if-match': 'a' } };
    expect((await client.send('DELETE', `${cluster}-absent${version}`, sent)).status).toBe(204);
    const created = await client.send('PUT', `${cluster}-absent${version}`, { ...clusterBody(3), ...sent });
    expect(differences(created, errors, 'ifMatchOfAbsent')).toEqual([]);
    const absentGroup = await client.send('DELETE', `${group}-absent${version}`, sent);
    expect([absentGroup.status, valueAt(absentGroup.body, 'error.code')]).toEqual([404, 'ResourceGroupNotFound']);
  });
});

describe('failures of operations', () => {
  it('name their cause inside, on the operation, the cluster and in the activity log', async () => {
    client.azure.inject(faults.wrappedFailure(cause));
    const { last } = await client.poll(await create('-wrapped'));
    const recorded = recording('activity-log')['statusMessage'];
    expect(shapeDifferences(last.body, { ...(recorded as object) })).toEqual([]);
    const shown = await client.send('GET', `${cluster}-wrapped${version}`);
    expect(valueAt(shown.body, 'properties.status.provisioningError.details.0.code')).toBe(cause.code);
    const filter = encodeURIComponent(`resourceId eq '${cluster}-wrapped' and status eq 'Failed'`);
    const path = `${client.subscription}/providers/Microsoft.Insights/eventtypes/management/values`;
    const events = await client.send('GET', `${path}${version}&$filter=${filter}`);
    const message: unknown = JSON.parse(String(valueAt(events.body, 'value.0.properties.statusMessage')));
    expect(shapeDifferences(message, recorded)).toEqual([]);
  });

  it('heal: the cluster is Failed until the service has repeated the change', async () => {
    const gate = createGate();
    client.azure.inject(faults.healingFailure(cause, { gate }));
    const { statuses } = await client.poll(await update());
    await gate.reached;
    expect(statuses.at(-1)).toBe('Failed');
    expect(valueAt(await show(), 'properties.provisioningState')).toBe('Failed');
    gate.open();
    await client.azure.idle();
    const healed = await show();
    expect(valueAt(healed, 'properties.provisioningState')).toBe('Succeeded');
    expect(valueAt(healed, 'properties.status')).toBeUndefined();
  });

  it('end a repetition when somebody deletes the Failed cluster', async () => {
    client.azure.inject(faults.healingFailure(cause, { gate: createGate() }));
    await client.poll(await create('-given-up'));
    await client.poll(await client.send('DELETE', `${cluster}-given-up${version}`));
    expect((await client.send('GET', `${cluster}-given-up${version}`)).status).toBe(404);
  });

  it('keep a cluster that cannot be deleted, with the reason', async () => {
    client.azure.inject(faults.clusterDeletionFails());
    await client.poll(await client.send('DELETE', `${cluster}${version}`));
    const left = await show();
    expect(valueAt(left, 'properties.provisioningState')).toBe('Failed');
    expect(valueAt(left, 'properties.status.provisioningError.details.0.code')).toBe('ScopeLocked');
    await client.poll(await update());
  });

  it.each([
    ['groupBlocked', 'ResourceGroupDeletionBlocked'],
    ['groupTimeout', 'ResourceGroupDeletionTimeout'],
  ] as const)('roll a group back that cannot be deleted: %s', async (name, code) => {
    client.azure.inject(faults.groupDeletionFails(code, 'rg', cluster));
    const { headers } = await client.send('DELETE', `${group}${version}`);
    await client.azure.idle();
    expect(differences(await client.send('GET', String(headers.location)), errors, name)).toEqual([]);
    const shown = await client.send('GET', `${group}${version}`);
    expect(valueAt(shown.body, 'properties.provisioningState')).toBe('Succeeded');
  });

  it('leave an operation without an end', async () => {
    client.azure.inject(faults.endlessOperation());
    const { headers } = await create('-endless');
    const status = await client.send('GET', String(headers['azure-asyncoperation']));
    expect(valueAt(status.body, 'status')).toBe('InProgress');
    await client.poll(await client.send('DELETE', `${cluster}-endless${version}`));
  });
});

describe('settings', () => {
  it('refuse a second request on a machine while the first one runs', async () => {
    client.azure.tune({ machineConflicts: true });
    const gate = createGate();
    client.azure.inject(faults.slowOperation({ gate }, { method: 'POST', path: /poweroff$/ }));
    client.azure.inject(faults.slowOperation({ gate }, { method: 'POST', path: /runCommand$/ }));
    const power = (verb: string): Promise<Reply> => client.send('POST', `${scaleSet}/${verb}${version}`, oneMachine);
    const run = (): Promise<Reply> => client.send('POST', `${scaleSet}/virtualMachines/0/runCommand${version}`, script);
    const accepted = [await power('poweroff'), await run()];
    expect(differences(await power('start'), errors, 'concurrentRequest')).toEqual([]);
    expect(differences(await run(), errors, 'runCommandInProgress')).toEqual([]);
    gate.open();
    await Promise.all(accepted.map(reply => client.poll(reply)));
    expect((await power('start')).status).toBe(202);
    await client.azure.idle();
  });

  it('page lists, here of machines and groups', async () => {
    client.azure.tune({ pageSize: 2 });
    for (const first of [`${scaleSet}/virtualMachines`, `${client.subscription}/resourceGroups`]) {
      const pages: number[] = [];
      for (let next: unknown = `${first}${version}`; typeof next === 'string';) {
        const { body } = await client.send('GET', next);
        pages.push((valueAt(body, 'value') as unknown[]).length);
        next = valueAt(body, 'nextLink');
      }
      expect(pages.slice(0, 2)).toEqual([2, expect.any(Number)]);
      expect(pages.at(-1)).toBeGreaterThan(0);
    }
  });

  it('show a provider that is not registered, until somebody registers it', async () => {
    client.azure.tune({ unregisteredProviders: ['Microsoft.ContainerService', 'Microsoft.Network'] });
    const refused = await create('-unregistered');
    expect([refused.status, valueAt(refused.body, 'error.code')]).toEqual([409, 'MissingSubscriptionRegistration']);
    const network = `${client.subscription}/providers/microsoft.network`;
    const states = [
      await client.send('GET', `${network}${version}`),
      await client.send('POST', `${network}/register${version}`),
      await client.send('GET', `${network}${version}`),
    ].map(({ body }) => valueAt(body, 'registrationState'));
    expect(states).toEqual(['NotRegistered', 'Registering', 'Registered']);
  });

  it('make the list of all sizes long, but not that of one region', async () => {
    client.azure.tune({ unfilteredSkusBytes: 1_000_000 });
    const skus = `${client.subscription}/providers/Microsoft.Compute/skus${version}`;
    const all = await client.send('GET', skus);
    expect(all.text.length).toBeGreaterThan(1_000_000);
    expect(shapeDifferences(all.body, recording('skus').answers['region']?.body)).toEqual([]);
    const filter = encodeURIComponent("location eq 'eastus'");
    expect((await client.send('GET', `${skus}&$filter=${filter}`)).text.length).toBeLessThan(50_000);
  });

  it('end a run without a problem', () => {
    expect([client.azure.refused(), client.azure.problems()]).toEqual([[], []]);
  });
});
