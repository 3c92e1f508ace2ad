import { uncordon } from '../kubernetes/cordon.js';
import { waitForMembers } from '../kubernetes/rollout.js';
import { requestReplicas, setBounds } from '../kubernetes/scaling.js';
import type { Found, Scene, Settle } from './scene.js';

/** The changes of an experiment that have to be taken back. */
export interface Changes {
  /** The node that we cordoned, with its record. */
  cordoned?: { readonly node: string; readonly settle: Settle };
  /** Set when the number of members was frozen or raised, with the records of both. */
  scaled?: { readonly settle: readonly Settle[] };
}

/** A cancelled step has seconds left; each of these calls takes milliseconds. */
const hurriedMs = 3_000;
/** Undoing is not cut by the step's timeout. */
const patientMs = 5 * 60_000;

/**
 * Puts the cluster back as it was found: uncordons first, waits until all members are Ready, then the former number of
 * members, then the bounds of the autoscaler. When the step was cancelled it only makes the calls, and leaves the
 * records for post, which makes sure.
 */
export async function putBack(scene: Scene, found: Found, changes: Changes): Promise<void> {
  if (scene.api.signal.aborted) await hurry(scene, found, changes);
  else await putBackPatiently(scene, found, changes);
}

async function hurry(scene: Scene, { replicas, autoscaler }: Found, { cordoned, scaled }: Changes): Promise<void> {
  const api = scene.api.withSignal(AbortSignal.timeout(hurriedMs));
  const { namespace, name } = scene.members;
  const calls: Promise<unknown>[] = [];
  if (cordoned) calls.push(uncordon(api, cordoned.node));
  if (scaled && autoscaler) calls.push(setBounds(api, namespace, autoscaler.name, autoscaler));
  if (scaled) calls.push(api.scale('StatefulSet', { namespace, name }, replicas, 'go back to the former number'));
  // Post has the records and reports what it cannot do; here there is no time for either.
  await Promise.allSettled(calls);
}

async function putBackPatiently(scene: Scene, found: Found, { cordoned, scaled }: Changes): Promise<void> {
  const { members, limits, note } = scene;
  const api = scene.api.withSignal(AbortSignal.timeout(patientMs));
  if (cordoned) {
    await uncordon(api, cordoned.node);
    cordoned.settle();
    note(`Node ${cordoned.node} is schedulable again.`);
  }
  if (!scaled) return;
  const { replicas, autoscaler } = found;
  await waitForMembers(api, { members }, limits);
  await requestReplicas(api, members, replicas);
  await waitForMembers(api, { members, replicas }, limits);
  if (autoscaler) await setBounds(api, members.namespace, autoscaler.name, autoscaler);
  for (const settle of scaled.settle) settle();
  note(
    `There are ${replicas} members again${autoscaler ? `, and autoscaler ${autoscaler.name} has its bounds back` : ''}.`,
  );
}
