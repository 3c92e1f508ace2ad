import { ActionError } from '../../errors/action-error.js';
import { asRecord, required, text, textMap } from '../../runtime/json.js';
import type { AzureClient } from '../arm/client.js';
import { findTwice, waitUntilGone } from '../arm/polling.js';
import { isSameRun } from '../ownership/ownership.js';
import { type Owner, readTag, type Tags } from '../ownership/tags.js';
import type { GroupRef } from '../ref.js';
import { createGroup, readGroup } from './group-requests.js';

export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
  readonly state: string;
  /** The resource for which Azure manages the group, such as the cluster of a node resource group; otherwise empty. */
  readonly managedBy: string;
}

/** Parses a resource group. @throws TypeError for other values. */
export function parseGroup(json: unknown): ResourceGroup {
  const group = asRecord(json);
  return {
    name: required(group, 'name'),
    location: text(group['location']),
    tags: textMap(group['tags']),
    state: text(asRecord(group['properties'])['provisioningState']),
    managedBy: text(group['managedBy']),
  };
}

export function findGroup(azure: AzureClient, ref: GroupRef): Promise<ResourceGroup | undefined> {
  return azure.find(readGroup(ref), parseGroup);
}

export interface GroupPlan {
  readonly ref: GroupRef;
  readonly location: string;
  readonly owner: Owner;
  /** Returns the tags of a new group; called after Azure has responded. */
  readonly tags: () => Tags;
  /** The deadline for a group that is being deleted, in milliseconds of the clock. */
  readonly deadlineMs: number;
}

export interface EnsuredGroup {
  /** Whether this call created the group. A group that already existed is never deleted for having been used. */
  readonly created: boolean;
  /**
   * The creation id of the group if a former attempt of this run created it, else empty. A new cluster must use the
   * same id: a group is deleted only together with a cluster of the same creation id.
   */
  readonly adoptedCreationId: string;
}

/**
 * Uses an existing resource group, or creates one with ownership tags. It reads the group first, and a missing one twice,
 * because a PUT would replace the tags of an existing group. Calls `record` right before it creates the group.
 * @throws ActionError `azure-being-deleted` when a group with this name still exists at the deadline, and the codes of
 * Azure.
 */
export async function ensureGroup(azure: AzureClient, plan: GroupPlan, record: () => void): Promise<EnsuredGroup> {
  const { ref, location, owner, tags, deadlineMs } = plan;
  let group = await findTwice(azure, () => findGroup(azure, ref));
  if (group?.state === 'Deleting') {
    azure.log.info(`Resource group ${group.name} is being deleted; waiting for the deletion.`);
    const leftMs = Math.max(0, deadlineMs - azure.clock.now());
    await waitUntilGone(azure, `resource group ${group.name}`, leftMs, () => findGroup(azure, ref));
    group = undefined;
  }
  if (group === undefined) {
    record();
    await azure.run(createGroup(ref, location, tags()));
    return { created: true, adoptedCreationId: '' };
  }
  if (group.managedBy !== '') {
    const message = `Resource group ${group.name} is managed by ${group.managedBy}; it cannot contain a cluster.`;
    throw new ActionError('azure-invalid', message, { hint: 'Set another resource-group.' });
  }
  if (group.location !== location) {
    azure.log.info(`Resource group ${group.name} is in ${group.location}; the cluster is created in ${location}.`);
  }
  const former = isSameRun(group.tags, owner) && readTag(group.tags, 'attempt') !== owner.attempt;
  const adoptedCreationId = former ? readTag(group.tags, 'creation-id') : '';
  return { created: false, adoptedCreationId };
}
