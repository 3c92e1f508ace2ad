import { describe, expect, it } from '@jest/globals';
import { type ArmRequest, pathOf } from '../../../src/azure/arm/request.js';
import {
  deleteCluster,
  listClusters,
  listCredentials,
  readCluster,
} from '../../../src/azure/cluster/cluster-requests.js';
import {
  createGroup,
  deleteGroup,
  listActivity,
  listGroups,
  listResources,
  mergeTags,
  readGroup,
} from '../../../src/azure/cluster/group-requests.js';
import {
  deleteMachine,
  listInstances,
  readPool,
  readPower,
  restartMachine,
  startKubelet,
  startMachine,
  stopKubelet,
  stopMachine,
} from '../../../src/azure/machines/machine-requests.js';
import {
  listPermissions,
  listSizes,
  listUsage,
  listVersions,
  readProvider,
  readSubscription,
} from '../../../src/azure/preflight/check-requests.js';
import { operationDefinitions } from '../../../src/operations/index.js';
import { roleActionOf } from '../../support/role-action.js';
import { clusterId, ref } from './fixtures.js';

const { subscriptionId } = ref;
const machine = { subscriptionId, resourceGroup: 'mc', scaleSet: 'vmss', instanceId: '0' };
const requests: readonly ArmRequest[] = [
  ...[readSubscription(subscriptionId), readProvider(subscriptionId, 'Microsoft.Network')],
  ...[listPermissions(subscriptionId), listSizes(subscriptionId, 'eastus'), listUsage(subscriptionId, 'eastus')],
  ...[listVersions(subscriptionId, 'eastus'), listClusters(subscriptionId), readCluster(ref), deleteCluster(ref, '')],
  ...[listCredentials(ref, 'user', '/k'), listCredentials(ref, 'admin', '/k')],
  ...[readGroup(ref), createGroup(ref, 'eastus', {}), deleteGroup(ref), listResources(ref)],
  ...[
    listGroups(subscriptionId, 'a', 'b'),
    mergeTags(clusterId, {}),
    listActivity(subscriptionId, clusterId, new Date()),
  ],
  ...[readPower(machine), listInstances(machine, 'vmss'), stopMachine(machine), startMachine(machine)],
  ...[restartMachine(machine), stopKubelet(machine, 1), startKubelet(machine)],
  ...[readPool(ref, 'pool'), deleteMachine(ref, 'pool', 'node')],
];
/** `az aks create` and `update`, and `az aks nodepool update`: each a PUT. */
const ofAz = [
  'Microsoft.ContainerService/managedClusters/write',
  'Microsoft.ContainerService/managedClusters/agentPools/write',
];
/** Azure names the address of a poll in its response. */
const polls = [
  'Microsoft.ContainerService/locations/operations/read',
  'Microsoft.ContainerService/locations/operationresults/read',
  'Microsoft.Compute/locations/operations/read',
  'Microsoft.Resources/subscriptions/operationresults/read',
];

describe('the Azure actions of the operations', () => {
  const lower = (names: readonly string[]): readonly string[] =>
    [...new Set(names.map(name => name.toLowerCase()))].sort();
  const sent = requests.map(request => roleActionOf({ method: request.method, path: pathOf(request, subscriptionId) }));
  const declared = Object.values(operationDefinitions).flatMap(({ permissions }) =>
    permissions.actions.map(({ action }) => action),
  );

  it('are those of the requests, of the az processes and of the polls', () => {
    expect(lower(declared)).toEqual(lower([...sent, ...ofAz, ...polls]));
  });

  it('are named as Microsoft documents them', () => {
    expect(declared).toEqual(
      expect.arrayContaining([
        'Microsoft.Authorization/permissions/read',
        'Microsoft.Compute/locations/usages/read',
        'Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action',
        'Microsoft.Insights/eventtypes/values/read',
        'Microsoft.Resources/subscriptions/resourceGroups/resources/read',
        'Microsoft.Resources/tags/write',
      ]),
    );
  });
});
