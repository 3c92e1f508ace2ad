import { list, ok } from './messages.js';
import { sameName, subscriptionId, tenantId } from './names.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import type { Settings } from './settings.js';
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

function providerBody(namespace: string, registrationState: 'Registered' | 'Registering' | 'NotRegistered'): unknown {
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState,
    resourceTypes: [],
  };
}

/** The only subscription: its tenant, locations, resource providers and permissions. */
export function subscriptionRoutes(settings: Settings): readonly Route[] {
  const isMissing = (namespace: string): boolean =>
    settings.unregisteredProviders.some(missing => sameName(missing, namespace));
  const permissions = () => list([{ actions: settings.role, notActions: [], dataActions: [], notDataActions: [] }]);
  return [
    route('GET', '/subscriptions', () => list([subscriptionBody()])),
    route('GET', '/tenants', () => list([{ id: `/tenants/${tenantId}`, tenantId, displayName: 'Stand-in tenant' }])),
    route('GET', subscriptionPath, () => ok(subscriptionBody())),
    route('GET', `${subscriptionPath}/locations`, () => list(locations.map(locationBody))),
    route('GET', `${subscriptionPath}/providers/Microsoft.Authorization/permissions`, permissions),
    route('GET', `${groupPath}/providers/Microsoft.Authorization/permissions`, permissions),
    route('GET', `${subscriptionPath}/providers/{namespace}`, ({ params: { namespace } }) =>
      ok(providerBody(namespace, isMissing(namespace) ? 'NotRegistered' : 'Registered')),
    ),
    route('POST', `${subscriptionPath}/providers/{namespace}/register`, ({ params: { namespace } }) => {
      const state = isMissing(namespace) ? 'Registering' : 'Registered';
      settings.unregisteredProviders = settings.unregisteredProviders.filter(missing => !sameName(missing, namespace));
      return ok(providerBody(namespace, state));
    }),
  ];
}
