import type { KubernetesApi } from './api.js';

/**
 * Keeps new pods off a node. Gives whether it was so already: then somebody else cordoned it, and it is theirs to
 * uncordon.
 */
export async function cordon(api: KubernetesApi, name: string): Promise<{ readonly alreadyCordoned: boolean }> {
  const node = await api.get('Node', { name }, `see whether node ${name} is cordoned`);
  if (node.spec.unschedulable === true) return { alreadyCordoned: true };
  await api.mergePatch('Node', { name }, { spec: { unschedulable: true } }, `cordon node ${name}`);
  return { alreadyCordoned: false };
}

/** Lets new pods come to a node again. False when the node no longer exists, so that there is nothing to undo. */
export async function uncordon(api: KubernetesApi, name: string): Promise<boolean> {
  const node = await api.find('Node', { name }, `see whether node ${name} is there`);
  if (node === undefined) return false;
  await api.mergePatch('Node', { name }, { spec: { unschedulable: null } }, `uncordon node ${name}`);
  return true;
}
