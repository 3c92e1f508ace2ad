import { waitForMembers } from '../../kubernetes/rollout/rollout.js';
import { replaceReplicas } from '../../kubernetes/scaling.js';
import { confirmReplicas } from './record-confirmation.js';
import { fencedApi, type RevertContext, type RevertProgress } from './revert-context.js';
import type { RevertRecord } from './revert-record.js';

/** Adds the members that the experiment removed, without waiting. Returns a sentence; undefined if there are none. */
export async function addMembers(context: RevertContext, { undo }: RevertRecord): Promise<string | undefined> {
  if (undo.replicas === undefined || undo.replicas.set > undo.replicas.from) return undefined;
  const { from, set } = undo.replicas;
  const now = await confirmReplicas(context.api, context.members, from);
  if (now !== set || now === from) return undefined;
  const done = await replaceReplicas(fencedApi(context), context.members, { expected: set, wanted: from });
  return done ? `The number of members was set to ${from} again.` : undefined;
}

/**
 * Restores the number of members, if it is still the one that the experiment set, and waits for them. Returns a sentence;
 * undefined when there is nothing to restore.
 */
export async function restoreReplicas(context: RevertContext, progress: RevertProgress): Promise<string | undefined> {
  const { undo } = progress.record;
  if (undo.replicas === undefined) return undefined;
  const { api, members, limits } = context;
  const { from, set } = undo.replicas;
  const now = await confirmReplicas(api, members, from);
  if (now === undefined) return undefined;
  const change = { expected: set, wanted: from };
  progress.scaledBack ||= set !== from && (await replaceReplicas(fencedApi(context), members, change));
  if (progress.scaledBack) {
    await waitForMembers(api, { members, replicas: from }, limits);
    return `There are ${from} members again.`;
  }
  return now === from || now === set
    ? undefined
    : `There are ${now} members, which is not the number that the experiment set, so it stays.`;
}
