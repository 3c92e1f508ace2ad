import { identifier } from '../../runtime/identifiers.js';
import { withTimeLimit } from '../../runtime/time.js';
import { ApiError } from './api-error.js';
import type { KubernetesApi, PodKey } from './api.js';
import { collectionPath } from './paths.js';
import type { Unseen } from './unseen.js';

/**
 * What came of a request to a pod. Without an answer, its connection may have been accepted or not; one that is absent does
 * not exist, or has no address yet.
 */
export type PodAnswer = 'answered' | 'no answer' | 'not reached' | 'absent' | 'forbidden';

export interface PodRequest extends PodKey {
  readonly port: number;
  readonly timeoutMs: number;
  /** For the warning, if the permission is missing. */
  readonly notSeen: Unseen;
}

/**
 * Requests the root page of a pod through the API server, which neither the load balancer nor the network of the runner
 * affects.
 * @throws the error of a request that did not get as far as to the pod.
 */
export async function askPod(
  api: KubernetesApi,
  { namespace, name, port, timeoutMs, notSeen }: PodRequest,
): Promise<PodAnswer> {
  // See "Manually constructing apiserver proxy URLs" in the Kubernetes documentation. The port of a pod is a number.
  const path = `${collectionPath('Pod', namespace)}/http:${identifier('object name', name)}:${port}/proxy/`;
  const request = { method: 'GET', path, why: 'see whether a member answers', patienceMs: 0 } as const;
  const limit = { clock: api.clock, ms: timeoutMs, outer: api.signal, text: noAnswer };
  const asking = withTimeLimit(limit, signal => api.withSignal(signal).raw(request));
  try {
    return (await api.unlessForbidden(asking, notSeen)) === undefined ? 'forbidden' : 'answered';
  } catch (error) {
    if (error instanceof Error && error.message === noAnswer) return noAnswer;
    if (!(error instanceof ApiError)) throw error;
    const { httpStatus, status } = error;
    // Only the API server sends a Status.
    if (status === undefined && httpStatus >= 300 && httpStatus < 500) return 'answered';
    if (status !== undefined && httpStatus === 404) return 'absent';
    // Of a pod without an address: ResourceLocation in kubernetes/kubernetes, pkg/registry/core/pod/strategy.go.
    if (httpStatus === 400 && status?.message === 'address not allowed') return 'absent';
    // The text of k8s.io/apimachinery, pkg/util/proxy/transport.go.
    if (/trying to reach service/.test(status?.message ?? '')) return 'not reached';
    throw error;
  }
}

const noAnswer = 'no answer';
