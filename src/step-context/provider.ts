import { type Az, createAz } from '../azure/az.js';
import { openSession } from '../azure/login.js';
import type { AzureTarget } from '../azure/spec.js';
import type { Owner } from '../azure/tags.js';
import type { General, KubeconfigTarget, Target } from '../inputs/request.js';
import type { Context } from './context.js';
import type { AzureAccess } from './undo-log.js';

/** A cluster on AKS, reached through az. */
export interface AksProvider {
  readonly kind: 'aks';
  readonly target: AzureTarget;
  readonly az: Az;
}

/** Where a step works: a cluster on AKS, or any cluster that a kubeconfig names. */
export type Provider = AksProvider | { readonly kind: 'kubeconfig'; readonly target: KubeconfigTarget };

/** The provider of a target; az is opened with it and starts no process yet. */
export function openProvider(context: Context, target: AzureTarget): AksProvider;
export function openProvider(context: Context, target: Target): Provider;
export function openProvider(context: Context, target: Target): Provider {
  return target.kind === 'aks' ? { kind: 'aks', target, az: openAz(context, target) } : { kind: 'kubeconfig', target };
}

/** az with a login that lasts. The folder of a login of our own is removed by post. */
export function openAz(context: Context, { login }: Pick<AzureTarget, 'login'>): Az {
  const session = openSession(context.ports, login);
  const path = session.configFolder;
  // An undo opens az anew, with the folder that the step has recorded.
  const recorded = context.undoLog.open().some(entry => entry.kind === 'file' && entry.path === path);
  if (path !== undefined && !recorded) context.undoLog.record({ kind: 'file', path });
  return createAz(context.ports, session, context.signal);
}

/** Whose the things are that this step makes. */
export function ownerOf({ ports }: Context, { instance }: Pick<General, 'instance'>): Owner {
  const { repository, runId, attempt } = ports.run;
  return { repository, runId, attempt, instance };
}

/** What the post phase needs to reach Azure again. */
export function accessOf({ subscriptionId, login }: AzureTarget): AzureAccess {
  return login === undefined ? { subscriptionId } : { subscriptionId, login };
}
