import { type Arm, pace } from './arm.js';
import { preempt, removeWhenIdle } from './cluster-operations.js';
import { type Answer, ArmError, type ArmRequest, ok, tagsAt, textAt } from './messages.js';
import { groupId, keyOf, subscriptionId } from './names.js';
import { page } from './pages.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { clustersIn, forgetGroup, type Group, requireGroup, touch } from './state.js';

function groupBody(group: Group): unknown {
  const { name, location, tags, provisioningState, managedBy } = group;
  const type = 'Microsoft.Resources/resourceGroups';
  return {
    id: groupId(name),
    name,
    type,
    location,
    tags,
    ...(managedBy && { managedBy }),
    properties: { provisioningState },
  };
}

/** @throws ArmError 409 when the group is being deleted. */
export function refuseWhenDeleting(group: Group): void {
  if (group.provisioningState !== 'Deleting') return;
  throw new ArmError(
    409,
    'ResourceGroupBeingDeleted',
    `The resource group '${group.name}' is in deprovisioning state and cannot perform this operation.`,
  );
}

/** Resource groups: create, show, list, exists, update, delete. */
export function groupRoutes(arm: Arm): readonly Route[] {
  const { groups } = arm.state;
  return [
    route('GET', `${subscriptionPath}/resourceGroups`, request =>
      page(arm, request, selectGroups(arm, request.query.get('$filter') ?? '')),
    ),
    route('HEAD', groupPath, ({ params }) => ({ status: groups.has(keyOf(params.group)) ? 204 : 404 })),
    route('GET', groupPath, ({ params }) => ok(groupBody(requireGroup(arm.state, params.group)))),
    route('PUT', groupPath, request => putGroup(arm, request)),
    route('PATCH', groupPath, ({ params, json }) => {
      const group = requireGroup(arm.state, params.group);
      if ('tags' in json) group.tags = tagsAt(json);
      return ok(groupBody(group));
    }),
    route('DELETE', groupPath, request => deleteGroup(arm, request)),
  ];
}

function selectGroups(arm: Arm, filter: string): readonly unknown[] {
  const name = /tagName eq '([^']+)'/i.exec(filter)?.[1];
  const value = /tagValue eq '([^']*)'/i.exec(filter)?.[1];
  return [...arm.state.groups.values()]
    .filter(({ tags }) => name === undefined || (name in tags && (value === undefined || tags[name] === value)))
    .map(groupBody);
}

/** Creates or updates. A body without tags clears them, because a PUT replaces the complete resource. */
function putGroup(arm: Arm, { params, json }: ArmRequest<'group'>): Answer {
  const former = arm.state.groups.get(keyOf(params.group));
  const location = textAt(json, 'location').toLowerCase();
  if (former) {
    refuseWhenDeleting(former);
    if (former.location !== location) {
      throw new ArmError(
        409,
        'InvalidResourceGroupLocation',
        `Invalid resource group location '${location}'. The Resource group already exists in location '${former.location}'.`,
      );
    }
    former.tags = tagsAt(json);
    return ok(groupBody(former));
  }
  const group: Group = { name: params.group, location, tags: tagsAt(json), provisioningState: 'Succeeded' };
  arm.state.groups.set(keyOf(group.name), group);
  return { status: 201, body: groupBody(group) };
}

/** Deletes the group with all its clusters. A running create is pre-empted, as in AKS. */
function deleteGroup(arm: Arm, request: ArmRequest<'group'>): Answer {
  const group = requireGroup(arm.state, request.params.group);
  const clusters = clustersIn(arm.state, group.name);
  group.provisioningState = 'Deleting';
  for (const cluster of clusters) preempt(cluster);
  const operation = arm.operations.start({
    resourceId: groupId(group.name),
    action: 'Microsoft.Resources/subscriptions/resourcegroups/delete',
    trouble: request.trouble,
    effect: async () => {
      await Promise.all(clusters.map(cluster => removeWhenIdle(arm, cluster)));
      forgetGroup(arm.state, group.name);
    },
    settle: ({ status }) => {
      if (status === 'Succeeded') return;
      group.provisioningState = 'Succeeded';
      for (const cluster of clusters) {
        touch(cluster, { provisioningState: cluster.operation?.outcome?.status ?? 'Succeeded' });
      }
    },
  });
  const version = request.query.get('api-version') ?? '';
  const location = `${request.origin}/subscriptions/${subscriptionId}/operationresults/${operation.id}?api-version=${version}`;
  return { status: 202, headers: { location, ...pace(arm) } };
}
