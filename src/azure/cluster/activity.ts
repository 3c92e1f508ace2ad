import { ActionError, toActionError } from '../../errors/action-error.js';
import { asRecord, type Json, text } from '../../runtime/json.js';
import type { AzureClient } from '../arm/client.js';
import { errorLine, parseArmError } from '../errors/error-body.js';
import { classify } from '../errors/errors.js';
import type { AksCluster } from './cluster.js';
import { listActivity } from './group-requests.js';

/** One failed event of the activity log of a resource. */
export interface ActivityEvent {
  readonly time: string;
  readonly operation: string;
  readonly caller: string;
  readonly status: string;
  /** The error message of Azure; empty if the event has none. */
  readonly message: string;
}

function parseEvent(json: unknown): ActivityEvent {
  const event = asRecord(json);
  return {
    time: text(event['eventTimestamp']),
    operation: text(asRecord(event['operationName'])['value']),
    caller: text(event['caller']),
    status: text(asRecord(event['status'])['value']),
    message: statusMessage(asRecord(event['properties'])),
  };
}

/** Returns the reason in an event: JSON inside the JSON, or plain text. */
function statusMessage(properties: Json): string {
  const raw = text(properties['statusMessage']);
  const error = parseArmError(raw);
  return error ? errorLine(error) : raw;
}

const logMs = 6 * 60 * 60_000;
const logEvents = 20;

/** Returns the latest failed events of a resource in the last six hours, newest first. */
export async function readActivity(
  azure: AzureClient,
  subscriptionId: string,
  resourceId: string,
): Promise<readonly ActivityEvent[]> {
  const since = new Date(azure.date().getTime() - logMs);
  const events = await azure.list(listActivity(subscriptionId, resourceId, since), parseEvent);
  return events.slice(0, logEvents);
}

const logTries = 2;
const logPauseMs = 20_000;

/**
 * Returns an error that explains why a cluster is Failed: from the cluster itself, else from the activity log, which is
 * some seconds behind and is therefore read twice. The code is that of the inner reason if it is a known one, such as
 * `azure-capacity`, else `cluster-create-failed`.
 */
export async function explainByActivity(azure: AzureClient, cluster: AksCluster): Promise<ActionError> {
  const { name, resourceGroup, state } = cluster;
  const { messages, unread } =
    cluster.failure === '' ? await readMessages(azure, cluster) : { messages: [], unread: '' };
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

async function readMessages(azure: AzureClient, { subscriptionId, id }: AksCluster): Promise<LogMessages> {
  try {
    for (let tries = 1; ; tries += 1) {
      const events = await readActivity(azure, subscriptionId, id);
      const messages = events.map(event => event.message).filter(message => message !== '');
      if (messages.length > 0 || tries === logTries) return { messages, unread: '' };
      await azure.clock.sleep(logPauseMs, azure.signal);
    }
  } catch (error) {
    azure.signal.throwIfAborted();
    return { messages: [], unread: `The activity log could not be read. ${toActionError(error).message}` };
  }
}
