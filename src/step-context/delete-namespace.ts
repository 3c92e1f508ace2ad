import { ActionError } from '../errors/action-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import { found, missing, observe } from '../kubernetes/observer.js';
import { describePod, isHeld } from '../kubernetes/pods.js';
import type { Namespace } from '../kubernetes/types.js';
import { unseen } from '../kubernetes/unseen.js';
import { isOurs } from '../migratorydata/object-names.js';

/** The result of a namespace deletion. */
export type NamespaceDeletion = 'deleted' | 'absent' | 'not-ours';

/**
 * Deletes a namespace with its contents if it carries our label; other namespaces are not changed. `prepare` is called
 * before the deletion of an existing namespace of ours, and can refuse it.
 * @throws the error of `prepare`.
 */
export async function deleteNamespace(
  api: KubernetesApi,
  name: string,
  prepare: () => Promise<void> = () => Promise.resolve(),
): Promise<NamespaceDeletion> {
  const namespace = await api.find('Namespace', { name }, `check who owns namespace ${name}`);
  if (namespace === undefined) return 'absent';
  if (!isOurs(namespace)) return 'not-ours';
  if (namespace.status?.phase === 'Terminating') return 'deleted';
  await prepare();
  const { uid } = namespace.metadata;
  await api.remove('Namespace', { name }, `delete namespace ${name}`, uid === undefined ? {} : { uid });
  return 'deleted';
}

/**
 * Waits until a namespace is deleted: its load balancer is deleted with it, and Azure bills that until then.
 * @param progress gets what Kubernetes waits for, when it changes
 * @throws ActionError `delete-incomplete` with what Kubernetes still waits for.
 */
export async function waitUntilNamespaceGone(
  api: KubernetesApi,
  name: string,
  { timeoutMs, progress }: { readonly timeoutMs: number; readonly progress: (waiting: string) => void },
): Promise<void> {
  const observer = observe(api, [{ kind: 'Namespace', fields: `metadata.name=${name}` }]);
  try {
    await observer.until(
      observation => {
        const namespace = observation.find('Namespace', name);
        return namespace === undefined ? found(undefined) : missing(describeRemaining(namespace));
      },
      {
        timeoutMs,
        progress,
        onTimeout: async last => {
          const what = (await describeHeldPods(api, name)) || last;
          const message = `Namespace ${name} is still being deleted after ${Math.round(timeoutMs / 1000)} s: ${what}.`;
          return new ActionError('delete-incomplete', message);
        },
      },
    );
  } finally {
    observer.close();
  }
}

/** While pods are left, which it deletes first, the namespace controller of Kubernetes 1.33 and newer reports nothing. */
async function describeHeldPods(api: KubernetesApi, namespace: string): Promise<string> {
  const listing = api.list('Pod', { namespace }, `find what keeps namespace ${namespace}`);
  const pods = (await api.unlessForbidden(listing, unseen.heldPods))?.items ?? [];
  return pods.filter(isHeld).map(describePod).join('; ');
}

/**
 * The namespace controller reports in conditions what delays the deletion. See "Namespace deletion" in the Kubernetes
 * documentation.
 */
function describeRemaining({ status }: Namespace): string {
  const reasons = status?.conditions
    ?.filter(({ status: state }) => state === 'True')
    .map(({ message }) => message ?? '');
  return reasons?.filter(text => text !== '').join('; ') || 'its objects are being deleted';
}
