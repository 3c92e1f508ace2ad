import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as faults from '../../lab/azure/faults.js';
import { createGate } from '../../lab/azure/gate.js';
import { type Reply, startStandInClient, type StandInClient } from '../../support/stand-in-client.js';
import { differences, recording, shapeDifferences, valueAt } from './recorded.js';

let client: StandInClient;
let group: string;
let cluster: string;
let scaleSet: string;

const version = '?api-version=2026-05-01';
const spot = { scaleSetPriority: 'Regular', scaleSetEvictionPolicy: 'Delete', spotMaxPrice: -1, nodeTaints: [] };
const pool = { name: 'nodepool1', count: 3, vmSize: 'Standard_D2s_v5', mode: 'System', upgradeSettings: {}, ...spot };
const body = {
  location: 'eastus',
  identity: { type: 'SystemAssigned' },
  properties: { kubernetesVersion: '', dnsPrefix: 'example', agentPoolProfiles: [pool], storageProfile: {} },
};

beforeAll(async () => {
  client = await startStandInClient();
  group = `${client.subscription}/resourceGroups/rg`;
  cluster = `${group}/providers/Microsoft.ContainerService/managedClusters/aks`;
  await client.send('PUT', `${group}${version}`, { body: { location: 'eastus' } });
});

afterAll(() => client.stop());

describe('a managed cluster, against the recorded one', () => {
  const recorded = recording('managed-cluster');

  it('is created with 201 and no entity tag, InProgress first and Succeeded at the end', async () => {
    const gate = createGate();
    client.azure.inject(faults.slowOperation({ gate }));
    const created = await client.send('PUT', `${cluster}${version}`, { body });
    expect(differences(created, recorded, 'create')).toEqual([]);
    const first = await client.send('GET', String(created.headers['azure-asyncoperation']));
    expect(differences(first, recorded, 'creating')).toEqual([]);
    gate.open();
    expect(differences((await client.poll(created)).last, recorded, 'created')).toEqual([]);
  });

  it('has an entity tag in its body and none in a header', async () => {
    const shown = await client.send('GET', `${cluster}${version}`);
    expect(differences(shown, recorded, 'show')).toEqual([]);
    expect(valueAt(shown.body, 'properties.kubernetesVersion')).toMatch(/^\d+\.\d+$/);
    expect(valueAt(shown.body, 'properties.currentKubernetesVersion')).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('has pools without the keys of spot pools, on a page before an empty one', async () => {
    const pools = await client.send('GET', `${cluster}/agentPools${version}`);
    expect(differences(pools, recorded, 'pools')).toEqual([]);
    const kept = Object.keys(valueAt(pools.body, 'value.0.properties') as object);
    expect(kept.filter(key => (recorded['droppedFromPools'] as string[]).includes(key))).toEqual([]);
    const next = await client.send('GET', String(valueAt(pools.body, 'nextLink')));
    expect(differences(next, recorded, 'lastPage')).toEqual([]);
    expect(
      differences(await client.send('GET', `${cluster}/agentPools/nodepool1${version}`), recorded, 'pool'),
    ).toEqual([]);
  });

  it('updates a pool with 200 and one address, Succeeded at the end', async () => {
    const shown = await client.send('GET', `${cluster}/agentPools/nodepool1${version}`);
    const bounds = { properties: { ...pool, enableAutoScaling: true, minCount: 3, maxCount: 5 } };
    const update = (etag: string): Promise<Reply> =>
      client.send('PUT', `${cluster}/agentPools/nodepool1${version}`, { body: bounds, headers: { 'if-match': etag } });
    expect((await update('another')).status).toBe(412);
    const updated = await update(String(valueAt(shown.body, 'properties.eTag')));
    expect(differences(updated, recorded, 'updatePool')).toEqual([]);
    expect(differences((await client.poll(updated)).last, recorded, 'created')).toEqual([]);
    expect(
      valueAt((await client.send('GET', `${cluster}${version}`)).body, 'properties.autoScalerProfile.expander'),
    ).toBe('random');
  });

  it('is Scaling while its count changes, and drops empty restrictions of its API server', async () => {
    const scaling = recording('scaling');
    const access = { apiServerAccessProfile: { authorizedIPRanges: ['203.0.113.7/32'] } };
    const counted = { ...body, properties: { ...access, agentPoolProfiles: [{ ...pool, count: 4 }] } };
    const scaled = await client.send('PUT', `${cluster}${version}`, { body: counted });
    expect(differences(scaled, scaling, 'scale')).toEqual([]);
    await client.poll(scaled);
    const opened = { properties: { apiServerAccessProfile: { authorizedIPRanges: [] } } };
    await client.poll(await client.send('PUT', `${cluster}${version}`, { body: opened }));
    expect(differences(await client.send('GET', `${cluster}${version}`), scaling, 'unrestricted')).toEqual([]);
  });
});

describe('machines, against the recorded ones', () => {
  const recorded = recording('machines');
  const view = (): Promise<Reply> => client.send('GET', `${scaleSet}/virtualMachines/1/instanceView${version}`);

  it('are running, then stopped, with 202 and two addresses in between', async () => {
    scaleSet = client.azure.resources().scaleSets[0]?.id ?? '';
    expect(differences(await view(), recorded, 'running')).toEqual([]);
    const asked = { body: { instanceIds: ['1'] } };
    const accepted = await client.send('POST', `${scaleSet}/poweroff${version}&skipShutdown=true`, asked);
    expect(differences(accepted, recorded, 'powerOff')).toEqual([]);
    const { last } = await client.poll(accepted);
    expect(differences(last, recorded, 'poweredOff')).toEqual([]);
    expect(differences(await view(), recorded, 'stopped')).toEqual([]);
  });

  it('run a script whose output is in the status and in the result', async () => {
    const commands = recording('run-command');
    const script = { body: { commandId: 'RunShellScript', script: ['systemctl start kubelet'] } };
    const accepted = await client.send('POST', `${scaleSet}/virtualMachines/0/runCommand${version}`, script);
    const { last } = await client.poll(accepted);
    expect(differences(last, commands, 'status')).toEqual([]);
    const result = await client.send('GET', String(accepted.headers.location));
    expect(differences(result, commands, 'result')).toEqual([]);
  });

  it('are 400 when they are gone', async () => {
    const gone = await client.send('POST', `${scaleSet}/start${version}`, { body: { instanceIds: ['99'] } });
    expect(differences(gone, recording('errors'), 'goneInstance')).toEqual([]);
  });

  it('are deleted by the names of their nodes', async () => {
    const deletion = recording('delete-machines');
    const name = client.azure.resources().scaleSets[0]?.instances[0]?.computerName;
    const asked = { body: { machineNames: [name] } };
    const gate = createGate();
    client.azure.inject(faults.slowOperation({ gate }, { method: 'POST', path: /deleteMachines$/ }));
    const accepted = await client.send('POST', `${cluster}/agentPools/nodepool1/deleteMachines${version}`, asked);
    expect(differences(accepted, deletion, 'deleteMachines')).toEqual([]);
    const first = await client.send('GET', String(accepted.headers['azure-asyncoperation']));
    expect(differences(first, deletion, 'deleting')).toEqual([]);
    gate.open();
    expect(differences((await client.poll(accepted)).last, deletion, 'deleted')).toEqual([]);
    const credentials = await client.send('POST', `${cluster}/listClusterUserCredential${version}`);
    expect(differences(credentials, deletion, 'credentials')).toEqual([]);
  });
});

describe('the subscription, against what is recorded and published', () => {
  it('lists sizes of a region in any case, with a restriction of zones', async () => {
    const recorded = recording('skus');
    client.azure.tune({ restrictedZones: { Standard_B2s: ['1', '2', '3'] } });
    const skus = `${client.subscription}/providers/Microsoft.Compute/skus${version}`;
    const listed = await client.send('GET', `${skus}&$filter=${encodeURIComponent("location eq 'EastUS'")}`);
    expect(differences(listed, recorded, 'region')).toEqual([]);
    const names = (valueAt(listed.body, 'value.0.capabilities') as { name: string }[]).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(recorded['capabilityNames'] as string[]));
    expect(valueAt(listed.body, 'value.0.restrictions.0')).toEqual(recorded['zoneRestriction']);
    client.azure.tune({ restrictedZones: { Standard_B2s: ['1'] } });
    const zonal = {
      ...body.properties,
      agentPoolProfiles: [{ ...pool, vmSize: 'Standard_B2s', availabilityZones: ['1'] }],
    };
    const refused = await client.send('PUT', `${cluster}-zonal${version}`, { body: { ...body, properties: zonal } });
    expect(String(valueAt(refused.body, 'message'))).toMatch(new RegExp(recorded['zoneRefusal'] as string));
  });

  it('lists versions, usages and permissions', async () => {
    const [versions, usages, permissions] = ['kubernetes-versions', 'usages', 'permissions'].map(recording);
    if (!versions || !usages || !permissions) throw new TypeError('a recording is missing');
    const at = (path: string): Promise<Reply> =>
      client.send('GET', `${client.subscription}/providers/${path}${version}`);
    const offered = await at('Microsoft.ContainerService/locations/eastus/kubernetesVersions');
    expect(differences(offered, versions, 'versions')).toEqual([]);
    const entries = valueAt(offered.body, 'values') as { patchVersions: Record<string, unknown>; isDefault?: true }[];
    expect(entries.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    expect(shapeDifferences(Object.values(entries[0]?.patchVersions ?? {})[0], versions['patch'])).toEqual([]);
    const used = await at('Microsoft.Compute/locations/eastus/usages');
    expect(differences(used, usages, 'usages')).toEqual([]);
    const named = (valueAt(used.body, 'value') as { name: { value: string; localizedValue: string } }[]).map(
      ({ name }) => [name.value, name.localizedValue] as const,
    );
    expect(Object.fromEntries(named)).toMatchObject(usages['families'] as object);
    expect(differences(await at('Microsoft.Authorization/permissions'), permissions, 'permissions')).toEqual([]);
  });

  it('has an activity log that begins 90 days ago, and a group whose deletion has a result only', async () => {
    const recorded = recording('monitor-and-group');
    const log = `${client.subscription}/providers/Microsoft.Insights/eventtypes/management/values${version}`;
    const filter = encodeURIComponent('eventTimestamp ge 2018-01-01T00:00:00+00:00');
    expect(differences(await client.send('GET', `${log}&$filter=${filter}`), recorded, 'tooEarly')).toEqual([]);
    const deleted = await client.send('DELETE', `${cluster}${version}`);
    expect(differences(deleted, recording('managed-cluster'), 'delete')).toEqual([]);
    await client.poll(deleted);
    expect(differences(await client.send('DELETE', `${group}${version}`), recorded, 'deleteGroup')).toEqual([]);
  });

  it('gives every response a request id and a correlation id', async () => {
    const headers = { 'x-ms-correlation-request-id': '00000000-0000-0000-0000-000000000007' };
    const shown = await client.send('GET', `${client.subscription}${version}`, { headers });
    expect(shown.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(shown.headers).toMatchObject(headers);
    expect(valueAt(shown.body, 'displayName')).toBe('Stand-in subscription');
    expect([client.azure.refused(), client.azure.problems()]).toEqual([[], []]);
  });
});
