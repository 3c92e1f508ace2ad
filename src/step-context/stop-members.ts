import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { type RolloutLimits, waitForMembers } from '../kubernetes/rollout/rollout.js';
import { membersOf } from '../migratorydata/object-names.js';
import type { Deployment } from '../migratorydata/spec.js';

/** Members with different member lists must not run together: all old ones stop before the first new one starts. */
export async function stopAll(
  api: KubernetesApi,
  deployment: Deployment,
  limits: RolloutLimits,
  note: Note,
): Promise<void> {
  note('All members are stopped, as allow-full-restart permits; the message history in their memory is lost.');
  const members = membersOf(deployment);
  const key = { namespace: members.namespace, name: members.name };
  await api.scale('StatefulSet', key, 0, 'stop all members');
  await waitForMembers(api, { members, replicas: 0 }, limits);
}
