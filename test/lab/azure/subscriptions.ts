import { list, ok } from './messages.js';
import { subscriptionId, tenantId } from './names.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { locations } from './vm-sizes.js';

function subscriptionBody(): unknown {
  return {
    id: `/subscriptions/${subscriptionId}`,
    subscriptionId,
    tenantId,
    displayName: 'Stand-in subscription',
    state: 'Enabled',
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  };
}

function locationBody(name: string): unknown {
  const id = `/subscriptions/${subscriptionId}/locations/${name}`;
  return { id, name, displayName: name, type: 'Region', metadata: { regionType: 'Physical' } };
}

function providerBody(namespace: string): unknown {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationState: 'Registered',
    resourceTypes: [],
  };
}

/** The only subscription: its tenant, locations, resource providers and permissions (all). */
export function subscriptionRoutes(): readonly Route[] {
  const permissions = () => list([{ actions: ['*'], notActions: [], dataActions: [], notDataActions: [] }]);
  return [
    route('GET', '/subscriptions', () => list([subscriptionBody()])),
    route('GET', '/tenants', () => list([{ id: `/tenants/${tenantId}`, tenantId, displayName: 'Stand-in tenant' }])),
    route('GET', subscriptionPath, () => ok(subscriptionBody())),
    route('GET', `${subscriptionPath}/locations`, () => list(locations.map(locationBody))),
    route('GET', `${subscriptionPath}/providers/Microsoft.Authorization/permissions`, permissions),
    route('GET', `${groupPath}/providers/Microsoft.Authorization/permissions`, permissions),
    route('GET', `${subscriptionPath}/providers/{namespace}`, ({ params }) => ok(providerBody(params.namespace))),
    route('POST', `${subscriptionPath}/providers/{namespace}/register`, ({ params }) =>
      ok(providerBody(params.namespace)),
    ),
  ];
}
