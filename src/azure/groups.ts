import { ActionError } from '../errors/action-error.js';
import { asRecord, required, text, textMap } from '../runtime/json.js';
import type { Az } from './az.js';
import { createGroup, type GroupRef, showGroup } from './commands.js';
import { isSameRun } from './ownership.js';
import { waitUntilGone } from './polling.js';
import { type Owner, readTag, type Tags } from './tags.js';

export interface ResourceGroup {
  readonly name: string;
  readonly location: string;
  readonly tags: Tags;
  readonly state: string;
  /** The resource that Azure made the group for, such as a cluster its node resource group; empty for all others. */
  readonly managedBy: string;
}

/** Reads one resource group from the JSON of `az group show` or `az group list`. @throws TypeError for anything else. */
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

export function findGroup(az: Az, ref: GroupRef): Promise<ResourceGroup | undefined> {
  return az.find(showGroup(ref), parseGroup);
}

export interface GroupPlan {
  readonly ref: GroupRef;
  readonly location: string;
  readonly owner: Owner;
  readonly tags: Tags;
  /** How long to wait at most for a group that is being deleted, on the scale of the clock, in milliseconds. */
  readonly deadlineMs: number;
}

export interface EnsuredGroup {
  /** Whether this call made the group. A group that was there is never deleted for having been used. */
  readonly created: boolean;
  /**
   * The creation id of the group where a former attempt of this run made it, else empty. A cluster made now must carry
   * it too: a group is deleted only together with a cluster of the same creation id.
   */
  readonly adoptedCreationId: string;
}

/**
 * Uses a resource group that exists, and makes one with ownership tags otherwise. It looks first, because `az group
 * create` on a group that exists would replace its tags. Two az processes at most, one when the group exists. `record`
 * is called right before the group is made.
 * @throws ActionError `azure-being-deleted` when a group of that name is not gone at the deadline, and the codes of az.
 */
export async function ensureGroup(az: Az, plan: GroupPlan, record: () => void): Promise<EnsuredGroup> {
  const { ref, location, owner, tags, deadlineMs } = plan;
  let group = await findGroup(az, ref);
  if (group?.state === 'Deleting') {
    az.log.info(`Resource group ${group.name} is being deleted; waiting until it is gone.`);
    const leftMs = Math.max(0, deadlineMs - az.clock.now());
    await waitUntilGone(az, `resource group ${group.name}`, leftMs, () => findGroup(az, ref));
    group = undefined;
  }
  if (group === undefined) {
    record();
    await az.run(createGroup(ref, location, tags));
    return { created: true, adoptedCreationId: '' };
  }
  if (group.managedBy !== '') {
    const message = `Resource group ${group.name} is managed by ${group.managedBy}; a cluster cannot live in it.`;
    throw new ActionError('azure-invalid', message, { hint: 'Give another resource-group.' });
  }
  if (group.location !== location) {
    az.log.info(`Resource group ${group.name} is in ${group.location}; the cluster goes to ${location} all the same.`);
  }
  const former = isSameRun(group.tags, owner) && readTag(group.tags, 'attempt') !== owner.attempt;
  const adoptedCreationId = former ? readTag(group.tags, 'creation-id') : '';
  return { created: false, adoptedCreationId };
}
