import { ActionError } from '../../errors/action-error.js';
import { waitUntil } from '../../kubernetes/informer/wait-until.js';
import { hasProbeLabels } from '../../migratorydata/object-names.js';
import type { RevertContext } from './revert-context.js';
import { invalidRecord } from './revert-record-store.js';
import type { RevertRecord } from './revert-record.js';

/** How long the pod may take to end, in milliseconds: its grace period is a second. */
const goneMs = 30_000;

/**
 * Deletes the probe pod of a record, and waits until it is gone. Returns a sentence; undefined when there was none.
 * @throws ActionError `record-invalid` when the pod of this name is not a probe.
 */
export async function removeProbePod(
  { api }: RevertContext,
  { namespace, probePod: name }: RevertRecord,
): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const key = { namespace, name };
  const pod = await api.find('Pod', key, 'find the probe pod of an experiment');
  if (pod === undefined) return undefined;
  if (!hasProbeLabels(pod)) {
    throw invalidRecord([`The record says that pod ${name} is the probe of an experiment, but it has other labels.`]);
  }
  const { uid } = pod.metadata;
  await api.remove('Pod', key, 'delete the probe pod', { uid });
  const isGone = await waitUntil(
    api,
    [{ kind: 'Pod', namespace, fields: `metadata.name=${name}` }],
    observation => observation.find('Pod', name)?.metadata.uid !== uid,
    goneMs,
  );
  if (!isGone) throw new ActionError('undo-incomplete', `Pod ${name} is still being deleted.`);
  return `The probe pod ${name} was deleted.`;
}
