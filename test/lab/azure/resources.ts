import type { Arm } from './arm.js';
import { refuseWhenBusy } from './cluster-operations.js';
import { type Answer, ArmError, type Json, objectAt, ok, tagsAt, textAt } from './messages.js';
import { clusterType, sameName, scaleSetType } from './names.js';
import { page } from './pages.js';
import { groupPath, route, type Route, subscriptionPath } from './router.js';
import { type OtherResource, requireCluster, requireGroup, type Tags, touch } from './state.js';

/** Returns everything inside groups, of all types. */
export function allResources({ state }: Pick<Arm, 'state'>): readonly OtherResource[] {
  return [
    ...[...state.clusters.values()].map(cluster => ({ ...cluster, type: clusterType })),
    ...[...state.scaleSets.values()].map(scaleSet => ({ ...scaleSet, type: scaleSetType })),
    ...state.others.values(),
  ].map(({ id, name, type, group, location, tags }) => ({ id, name, type, group, location, tags }));
}

/** Lists of all types, and the Tags API, which changes only the tags of a resource. */
export function resourceRoutes(arm: Arm): readonly Route[] {
  const tagsOfGroup = `${groupPath}/providers/Microsoft.Resources/tags/default` as const;
  const tagsOfCluster =
    `${groupPath}/providers/${clusterType}/{cluster}/providers/Microsoft.Resources/tags/default` as const;
  const methods = ['GET', 'PUT', 'PATCH'] as const;
  return [
    route('GET', `${subscriptionPath}/resources`, request =>
      page(arm, request, select(arm, request.query.get('$filter') ?? '')),
    ),
    route('GET', `${groupPath}/resources`, request => {
      const { params, query } = request;
      requireGroup(arm.state, params.group);
      return page(arm, request, select(arm, `resourceGroup eq '${params.group}' and ${query.get('$filter') ?? ''}`));
    }),
    ...methods.map(method =>
      route(method, tagsOfGroup, ({ params, json, path }) => {
        const group = requireGroup(arm.state, params.group);
        group.tags = changeTags(group.tags, method, json);
        return tagsAnswer(path, group.tags);
      }),
    ),
    ...methods.map(method =>
      route(method, tagsOfCluster, ({ params, json, path }) => {
        const cluster = requireCluster(arm.state, params.group, params.cluster);
        if (method !== 'GET') {
          refuseWhenBusy(cluster);
          touch(cluster, { tags: changeTags(cluster.tags, method, json) });
        }
        return tagsAnswer(path, cluster.tags);
      }),
    ),
  ];
}

/** Supports the terms that az sends: resource group, type, name, tag. */
function select(arm: Arm, filter: string): readonly unknown[] {
  const term = (field: string): string | undefined => new RegExp(`${field} eq '([^']*)'`, 'i').exec(filter)?.[1];
  const [group, type, name] = ['resourceGroup', 'resourceType', '(?<!tag)name'].map(term);
  const [tagName, tagValue] = ['tagName', 'tagValue'].map(term);
  return allResources(arm)
    .filter(
      resource =>
        (group === undefined || sameName(resource.group, group)) &&
        (type === undefined || sameName(resource.type, type)) &&
        (name === undefined || sameName(resource.name, name)) &&
        (tagName === undefined ||
          (tagName in resource.tags && (tagValue ?? resource.tags[tagName]) === resource.tags[tagName])),
    )
    .map(({ id, name: itsName, type: itsType, location, tags }) => ({
      id,
      name: itsName,
      type: itsType,
      location,
      tags,
    }));
}

/**
 * PUT replaces all tags. PATCH merges, replaces or deletes, depending on its operation (ARM, "Tags - Update At Scope").
 */
function changeTags(former: Tags, method: 'GET' | 'PUT' | 'PATCH', json: Json): Tags {
  const tags = tagsAt(objectAt(json, 'properties'));
  const operation = method === 'PATCH' ? textAt(json, 'operation') : method;
  switch (operation) {
    case 'GET':
      return former;
    case 'PUT':
    case 'Replace':
      return tags;
    case 'Merge':
      return { ...former, ...tags };
    case 'Delete':
      return Object.fromEntries(Object.entries(former).filter(([name]) => !(name in tags)));
    default:
      throw new ArmError(400, 'InvalidTagsOperation', `The tags operation '${operation}' is not known.`);
  }
}

function tagsAnswer(path: string, tags: Tags): Answer {
  return ok({ id: path, name: 'default', type: 'Microsoft.Resources/tags', properties: { tags } });
}
