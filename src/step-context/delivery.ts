import type { Target, Verification } from '../inputs/request.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { secretReference } from '../migratorydata/manifests/container.js';
import { roundTrip } from '../migratorydata/rest.js';
import { readToken } from '../migratorydata/secret-plan.js';
import type { Deployment } from '../migratorydata/spec.js';
import { withoutPeriod } from '../runtime/text.js';
import type { Context } from './context.js';
import { type Endpoint, findEndpoint } from './endpoint.js';
import { readStatefulSet } from './live-deployment.js';

export interface DeliveryOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly verification: Verification;
}

const requestTimeoutMs = 5_000;
const arrivalMs = 10_000;

/** Sends a message through the cluster and reads it back, if the REST interface is enabled. */
export async function checkDelivery(
  context: Context,
  api: KubernetesApi,
  options: DeliveryOptions,
  note: Note,
): Promise<void> {
  if (!options.deployment.rest) return;
  const endpoint = await findEndpoint(context, api, options, options.verification.timeoutMs, note);
  await deliverMessage(context, api, options.deployment, endpoint, note);
}

/**
 * As `checkDelivery`, with a known endpoint.
 * @throws ActionError `delivery-failed`.
 */
export async function deliverMessage(
  context: Context,
  api: KubernetesApi,
  deployment: Deployment,
  { url, network, blindSpot }: Endpoint,
  note: Note,
): Promise<void> {
  if (!deployment.rest || blindSpot !== undefined) {
    note(`Message delivery is not verified: ${blindSpot ?? 'rest is false'}.`);
    return;
  }
  const token = await findToken(context, api, deployment);
  const { clock, run } = context.ports;
  const content = `${run.runId}-${crypto.randomUUID()}`;
  const request = { url, subject: `/migratorydata-aks/${run.runId}`, token, timeoutMs: requestTimeoutMs, content };
  const trip = await roundTrip({ network, clock }, { ...request, deadlineMs: arrivalMs }, api.signal);
  const times = `accepted in ${Math.round(trip.produceMs)} ms and read back ${Math.round(trip.consumeMs)} ms later`;
  const [failure] = trip.failures;
  const repeated =
    failure === undefined
      ? ''
      : `, after failed requests (${trip.failures.length}, the first: ${withoutPeriod(failure)})`;
  note(`A message was ${times}${repeated}.`);
}

/** Returns the token to publish with: the input, else the one in the Secret of the running members. */
export async function findToken(context: Context, api: KubernetesApi, deployment: Deployment): Promise<string> {
  const given = deployment.secrets.entitlementToken;
  if (given !== undefined) return given;
  const { namespace } = deployment;
  const reference = secretReference(await readStatefulSet(api, deployment), 'entitlementToken');
  const secret = reference && (await api.find('Secret', { namespace, name: reference.name }, 'read the current token'));
  const token = (secret && readToken(secret)) ?? '';
  if (token !== '') context.hide(token);
  return token;
}
