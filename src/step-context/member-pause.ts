import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import type { Context } from './context.js';
import { checkDelivery, type DeliveryOptions } from './delivery.js';

/** The pause between two members if no message can confirm that the last one has joined, in milliseconds. */
const defaultPauseMs = 60_000;

/**
 * Waits until a new member has joined its cluster before the next one is stopped. A delivered message confirms it if
 * the REST interface is enabled and responds; otherwise the configured pause is used.
 */
export async function pauseBetweenMembers(
  context: Context,
  api: KubernetesApi,
  options: DeliveryOptions,
  note: Note,
  { answering = true }: { readonly answering?: boolean } = {},
): Promise<void> {
  const { rest, memberPauseMs } = options.deployment;
  if (rest && memberPauseMs === undefined && answering) return checkDelivery(context, api, options, note);
  const pauseMs = memberPauseMs ?? defaultPauseMs;
  note(`Waiting ${Math.round(pauseMs / 1000)} s for the member to join before the next one.`);
  return api.clock.sleep(pauseMs, api.signal);
}
