import { ApiError } from '../kubernetes/api-error.js';
import type { KubernetesApi } from '../kubernetes/api.js';
import type { HttpAnswer, Network } from '../runtime/ports.js';

/**
 * A way to read from a Service that is open only inside the cluster: the proxy of the API server. URLs keep their path;
 * see "Access services running on clusters" in the Kubernetes documentation. It takes no query, since paths are
 * recorded, and a query may hold a token.
 */
export function serviceProxyNetwork(
  api: KubernetesApi,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Network {
  const root = `/api/v1/namespaces/${namespace}/services/http:${name}:client-port/proxy`;
  return {
    async http({ url, timeoutMs }, signal): Promise<HttpAnswer> {
      const { pathname } = new URL(url);
      const startedMs = api.clock.now();
      const bound = api.withSignal(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      const path = `${root}${pathname}`;
      try {
        const text = await bound.raw({ method: 'GET', path, why: 'ask the client Service', patienceMs: timeoutMs });
        return { status: 200, text, ms: api.clock.now() - startedMs };
      } catch (error) {
        if (!(error instanceof ApiError) || error.httpStatus === 0) throw error;
        return { status: error.httpStatus, text: error.evidence, ms: api.clock.now() - startedMs };
      }
    },
    connect: () => Promise.reject(new Error('a Service inside the cluster takes no connection from outside')),
  };
}
