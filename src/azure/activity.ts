import { ActionError, toActionError } from '../errors/action-error.js';
import { asList, asRecord, type Json, text } from '../runtime/json.js';
import { errorLine, parseArmError } from './arm/error-body.js';
import type { Az } from './az.js';
import type { AksCluster } from './cluster.js';
import { listActivity } from './commands.js';
import { classify } from './errors.js';

/** One failed event of the activity log of a resource. */
export interface ActivityEvent {
  readonly time: string;
  readonly operation: string;
  readonly caller: string;
  readonly status: string;
  /** The error message of Azure; empty if the event has none. */
  readonly message: string;
}

/** Parses the output of `az monitor activity-log list`. @throws TypeError when it is not a list. */
function parseActivity(json: unknown): readonly ActivityEvent[] {
  return asList(json).map(event => ({
    time: text(event['eventTimestamp']),
    operation: text(asRecord(event['operationName'])['value']),
    caller: text(event['caller']),
    status: text(asRecord(event['status'])['value']),
    message: statusMessage(asRecord(event['properties'])),
  }));
}

/** Returns the reason in an event: JSON inside the JSON, or plain text. */
function statusMessage(properties: Json): string {
  const raw = text(properties['statusMessage']);
  const error = parseArmError(raw);
  return error ? errorLine(error) : raw;
}

/** Returns the failed events of a resource in the last six hours, newest first. */
export function readActivity(az: Az, subscriptionId: string, resourceId: string): Promise<readonly ActivityEvent[]> {
  return az.read(listActivity(subscriptionId, resourceId), parseActivity);
}

const logTries = 2;
const logPauseMs = 20_000;

/**
 * Returns an error that explains why a cluster is Failed: from the cluster itself, else from the activity log, which is
 * some seconds behind and is therefore read twice. The code is that of the inner reason if it is a known one, such as
 * `azure-capacity`, else `cluster-create-failed`.
 */
export async function explainByActivity(az: Az, cluster: AksCluster): Promise<ActionError> {
  const { name, resourceGroup, state } = cluster;
  const { messages, unread } = cluster.failure === '' ? await readMessages(az, cluster) : { messages: [], unread: '' };
  const reason = cluster.failure || (messages[0] ?? '');
  const known = classify(reason);
  const code = known && known.code !== 'azure-failed' ? known.code : 'cluster-create-failed';
  const because = reason === '' ? 'Azure gives no reason.' : reason;
  const message = `Cluster ${name} in resource group ${resourceGroup} ended in state ${state}: ${because}`;
  const evidence = [...messages, unread].join('\n').trim();
  return new ActionError(code, message, { evidence, ...(known?.hint === undefined ? {} : { hint: known.hint }) });
}

interface LogMessages {
  readonly messages: readonly string[];
  /** Why the log could not be read; this error must not hide the failure of the cluster. */
  readonly unread: string;
}

async function readMessages(az: Az, { subscriptionId, id }: AksCluster): Promise<LogMessages> {
  try {
    for (let tries = 1; ; tries += 1) {
      const events = await readActivity(az, subscriptionId, id);
      const messages = events.map(event => event.message).filter(message => message !== '');
      if (messages.length > 0 || tries === logTries) return { messages, unread: '' };
      await az.clock.sleep(logPauseMs, az.signal);
    }
  } catch (error) {
    az.signal.throwIfAborted();
    return { messages: [], unread: `The activity log could not be read. ${toActionError(error).message}` };
  }
}
