import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { Context } from './context.js';
import { checkDelivery, type DeliveryOptions } from './delivery.js';

/** Between two members where no message can tell that the last one has joined, in milliseconds. */
const defaultPauseMs = 60_000;

/**
 * Gives a new member the time to join its cluster before the next one is taken away: a message that comes through
 * proves it, where the REST interface is on and answers; else the pause that the user wants.
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
  note(`Giving the member ${Math.round(pauseMs / 1000)} s to join before the next one.`);
  return context.ports.clock.sleep(pauseMs, context.signal);
}
