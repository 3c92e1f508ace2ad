import { type AzureClient, createAzure } from '../azure/arm/client.js';
import { openSession } from '../azure/cli/login.js';
import type { Owner } from '../azure/ownership/tags.js';
import type { AzureTarget } from '../azure/spec.js';
import type { General, KubeconfigTarget, Target } from '../inputs/request.js';
import type { Context } from './context.js';
import type { AzureAccess } from './undo-log.js';

/** A cluster on AKS. */
export interface AksProvider {
  readonly kind: 'aks';
  readonly target: AzureTarget;
  readonly azure: AzureClient;
}

/** The provider of a cluster: AKS, or a kubeconfig for any other cluster. */
export type Provider = AksProvider | { readonly kind: 'kubeconfig'; readonly target: KubeconfigTarget };

/** Returns the provider of a target. Opening Azure does not start a process yet. */
export function openProvider(context: Context, target: AzureTarget): AksProvider;
export function openProvider(context: Context, target: Target): Provider;
export function openProvider(context: Context, target: Target): Provider {
  return target.kind === 'aks'
    ? { kind: 'aks', target, azure: openAzure(context, target) }
    : { kind: 'kubeconfig', target };
}

/**
 * Returns the client of Azure for a login; the work of a step and its undo share it. The post step removes the folder of
 * a login of the action.
 */
export function openAzure(context: Context, { login }: Pick<AzureTarget, 'login'>): AzureClient {
  const { azureClients, signal } = context;
  const key = JSON.stringify(login ?? {});
  const client = azureClients.get(key) ?? createClient(context, login);
  azureClients.set(key, client);
  return client.withSignal(signal);
}

function createClient(context: Context, login: AzureTarget['login']): AzureClient {
  const { ports, journal, hide, undoLog, signal } = context;
  const session = openSession(ports, login);
  const path = session.folder;
  // The post step opens Azure with the folder that the main step recorded.
  const recorded = undoLog.open().some(entry => entry.kind === 'file' && entry.path === path);
  if (path !== undefined && !recorded) undoLog.record({ kind: 'file', path });
  return createAzure({ ...ports, journal, hide }, session, signal);
}

/** Returns the owner of the resources that this step creates. */
export function ownerOf({ ports }: Context, { instance }: Pick<General, 'instance'>): Owner {
  const { repository, runId, attempt } = ports.run;
  return { repository, runId, attempt, instance };
}

/** Returns what the post step needs to connect to Azure again. */
export function accessOf({ subscriptionId, login }: AzureTarget): AzureAccess {
  return login === undefined ? { subscriptionId } : { subscriptionId, login };
}
