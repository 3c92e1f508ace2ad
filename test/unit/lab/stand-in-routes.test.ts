import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Reply, startStandInClient, type StandInClient } from '../../support/stand-in-client.js';
import { valueAt } from './recorded.js';

let client: StandInClient;
const version = 'api-version=2026-05-01';
/** The tags of each group, by its name. */
const groups = { one: { run: '1', owner: 'us' }, two: { run: '2' } };
const clusters = 'providers/Microsoft.ContainerService/managedClusters';

function send(method: string, path: string, body?: unknown): Promise<Reply> {
  const address = `${client.subscription}${path}${path.includes('?') ? '&' : '?'}${version}`;
  return client.send(method, address, body === undefined ? {} : { body });
}

beforeAll(async () => {
  client = await startStandInClient();
  for (const [name, tags] of Object.entries(groups)) {
    await send('PUT', `/resourceGroups/${name}`, { location: 'eastus', tags });
    const properties = { dnsPrefix: 'x', agentPoolProfiles: [{ name: 'pool', count: 1 }] };
    await client.poll(await send('PUT', `/resourceGroups/${name}/${clusters}/aks`, { location: 'eastus', properties }));
  }
});

afterAll(() => client.stop());

it('finds groups and resources by their tags', async () => {
  const filter = encodeURIComponent("tagName eq 'run' and tagValue eq '2'");
  const found = await send('GET', `/resourceGroups?$filter=${filter}`);
  expect(valueAt(found.body, 'value.0.name')).toBe('two');
  expect(valueAt(found.body, 'value.1')).toBeUndefined();
  const within = await send('GET', '/resourceGroups/one/resources');
  expect(valueAt(within.body, 'value.0.name')).toBe('aks');
});

it('merges tags at the scope of a cluster, whose id has lower-case resourcegroups', async () => {
  const shown = await send('GET', `/resourceGroups/one/${clusters}/aks`);
  const scope = `${String(valueAt(shown.body, 'id'))}/providers/Microsoft.Resources/tags/default?${version}`;
  for (const tags of [{ a: '1' }, { b: '2' }]) {
    await client.send('PATCH', scope, { body: { operation: 'Merge', properties: { tags } } });
  }
  const tagged = await client.send('GET', scope);
  expect(valueAt(tagged.body, 'properties.tags')).toEqual({ a: '1', b: '2' });
});

it('lists the clusters of the subscription page by page', async () => {
  client.azure.tune({ pageSize: 1 });
  const names: unknown[] = [];
  let { body } = await send('GET', `/${clusters}`);
  for (let pages = 0; pages < 2; pages += 1) {
    names.push(valueAt(body, 'value.0.properties.nodeResourceGroup'));
    ({ body } = await client.send('GET', String(valueAt(body, 'nextLink'))));
  }
  client.azure.tune({ pageSize: undefined });
  expect(names).toEqual(['MC_one_aks_eastus', 'MC_two_aks_eastus']);
  expect(body).toEqual({ value: [] });
});

it('has a response to every other request of a direct client', async () => {
  const aks = `/resourceGroups/one/${clusters}/aks`;
  const node = '/resourceGroups/MC_one_aks_eastus/providers/Microsoft.Compute/virtualMachineScaleSets';
  const requests: readonly (readonly [string, string, number])[] = [
    ['GET', '', 200],
    ['GET', '/locations', 200],
    ['GET', '/providers/Microsoft.ContainerService', 200],
    ['GET', '/providers/Microsoft.Authorization/permissions', 200],
    ['GET', '/resourceGroups/one/providers/Microsoft.Authorization/permissions', 200],
    ['GET', '/providers/Microsoft.Compute/locations/eastus/usages', 200],
    ['GET', '/providers/Microsoft.Network/locations/eastus/usages', 200],
    ['GET', '/providers/Microsoft.ContainerService/locations/eastus/kubernetesVersions', 200],
    ['GET', '/providers/microsoft.insights/eventtypes/management/values', 200],
    ['HEAD', '/resourcegroups/one', 204],
    ['GET', node, 200],
    ['POST', `${aks}/listClusterAdminCredential`, 200],
    ['GET', `${aks}/agentPools/pool`, 200],
    ['GET', `${aks}/agentPools/other`, 404],
    ['GET', '/resourceGroups/one/providers/Microsoft.Resources/tags/default', 200],
  ];
  const answered = await Promise.all(
    requests.map(async ([method, path]) => [method, path, (await send(method, path)).status]),
  );
  expect(answered).toEqual(requests);
  const subscriptions = await client.send('GET', `/subscriptions?${version}`);
  expect(valueAt(subscriptions.body, 'value.0.subscriptionId')).toBe(client.azure.subscriptionId);
  expect(client.azure.problems()).toEqual([]);
});
