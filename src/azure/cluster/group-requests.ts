import { identifier } from '../../runtime/identifiers.js';
import { apiVersions } from '../arm/api-versions.js';
import { armRead, type ArmRequest, armWrite } from '../arm/request.js';
import { inSubscription, tagArguments } from '../cli/az-commands.js';
import type { Tags } from '../ownership/tags.js';
import type { GroupRef } from '../ref.js';

const apiVersion = apiVersions.resources;

/** Returns the path of a resource group below its subscription. */
export function groupPath({ resourceGroup }: GroupRef): string {
  return `/resourceGroups/${identifier('resource group', resourceGroup)}`;
}

/** Returns the flags that select a resource group. */
export function inGroup({ subscriptionId, resourceGroup }: GroupRef, flag = '--resource-group'): readonly string[] {
  return [flag, identifier('resource group', resourceGroup), ...inSubscription(subscriptionId)];
}

export function readGroup(ref: GroupRef): ArmRequest {
  return armRead(`look for resource group ${ref.resourceGroup}`, ref.subscriptionId, groupPath(ref), apiVersion);
}

export function createGroup(ref: GroupRef, location: string, tags: Tags): ArmRequest {
  return armWrite('PUT', {
    why: `create resource group ${ref.resourceGroup}`,
    subscriptionId: ref.subscriptionId,
    path: groupPath(ref),
    apiVersion,
    body: { location, tags },
    effect: 'idempotent',
    equivalent: ['group', 'create', ...inGroup(ref, '--name'), '--location', location, '--tags', ...tagArguments(tags)],
  });
}

export function deleteGroup(ref: GroupRef): ArmRequest {
  return armWrite('DELETE', {
    why: `delete resource group ${ref.resourceGroup}`,
    subscriptionId: ref.subscriptionId,
    path: groupPath(ref),
    apiVersion,
    effect: 'idempotent',
    equivalent: ['group', 'delete', ...inGroup(ref, '--name'), '--yes', '--no-wait'],
  });
}

/** Lists all resource groups with a tag and value. */
export function listGroups(subscriptionId: string, tag: string, value: string): ArmRequest {
  const filter = {
    $filter: `tagName eq '${identifier('plain name', tag)}' and tagValue eq '${identifier('plain name', value)}'`,
  };
  const why = `list resource groups tagged ${tag}=${value}`;
  return armRead(why, subscriptionId, '/resourceGroups', apiVersion, filter);
}

export function listResources(ref: GroupRef): ArmRequest {
  const why = `list the resources of resource group ${ref.resourceGroup}`;
  return armRead(why, ref.subscriptionId, `${groupPath(ref)}/resources`, apiVersion);
}

/** Adds tags to a resource, or replaces their values; other tags stay ("Tags - Update At Scope"). */
export function mergeTags(resourceId: string, tags: Tags): ArmRequest {
  const [, subscriptionId = '', path = ''] =
    /^\/subscriptions\/([^/]+)(\/.+)$/i.exec(identifier('resource id', resourceId)) ?? [];
  return armWrite('PATCH', {
    why: 'renew the expiry of the cluster',
    subscriptionId,
    path: `${path}/providers/Microsoft.Resources/tags/default`,
    apiVersion,
    body: { operation: 'Merge', properties: { tags } },
    effect: 'idempotent',
    equivalent: ['tag', 'update', '--resource-id', resourceId, '--operation', 'Merge', '--tags', ...tagArguments(tags)],
  });
}

/** Lists the failed events of a resource since a time; see "Activity Logs - List" in the Azure Monitor REST reference. */
export function listActivity(subscriptionId: string, resourceId: string, since: Date): ArmRequest {
  const conditions = [
    `eventTimestamp ge '${since.toISOString()}'`,
    `resourceUri eq '${identifier('resource id', resourceId)}'`,
    "status eq 'Failed'",
  ];
  const path = '/providers/Microsoft.Insights/eventtypes/management/values';
  const query = { $filter: conditions.join(' and ') };
  return armRead('read the activity log of the cluster', subscriptionId, path, apiVersions.activityLog, query);
}
