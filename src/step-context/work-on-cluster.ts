import { extendExpiry } from '../azure/cluster/expiry.js';
import { toActionError } from '../errors/action-error.js';
import type { General } from '../inputs/request.js';
import { connectCluster, type ConnectedCluster } from './connection.js';
import type { Context } from './context.js';
import { ownerOf, type Provider } from './provider.js';

/** What a step and its job may need after the timeout, in milliseconds; `ttl` is longer than `timeout` by as much. */
const marginMs = 30 * 60_000;

/**
 * Connects to a cluster for the duration of `body`. A cluster of this repository does not expire meanwhile, so no sweep
 * deletes it, not even one that cannot reach the cluster to see the lock; a failure to move the expiry is a warning.
 */
export function workOnCluster<T>(
  context: Context,
  provider: Provider,
  general: General,
  body: (cluster: ConnectedCluster) => Promise<T>,
): Promise<T> {
  const extending = extend(context, provider, general);
  return connectCluster(context, provider, async cluster => {
    const warning = await extending;
    if (warning !== '') context.journal.warn(warning);
    context.signal.throwIfAborted();
    return body(cluster);
  });
}

/** Moves the expiry if it comes too early. Returns why that was not possible, else an empty text; never rejects. */
async function extend(context: Context, provider: Provider, general: General): Promise<string> {
  if (provider.kind !== 'aks') return '';
  const { azure, target } = provider;
  try {
    const moved = await extendExpiry(azure, target, ownerOf(context, general), general.timeoutMs + marginMs);
    if (moved) context.ports.log.info(`The expiry of cluster ${target.clusterName} was moved to after this step.`);
    return '';
  } catch (error) {
    const { message } = toActionError(error);
    return `A sweep may delete cluster ${target.clusterName} during this step: its expiry could not be checked or moved. ${message}`;
  }
}
