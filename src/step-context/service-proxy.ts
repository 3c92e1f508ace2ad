import { ApiError } from '../kubernetes/api/api-error.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { clientPortName } from '../migratorydata/object-names.js';
import type { HttpAnswer, Network } from '../runtime/ports.js';

/**
 * Returns a network that reads from a Service through the proxy of the API server, for Services without external
 * access. URLs keep their path; see "Access services running on clusters" in the Kubernetes documentation. Queries are
 * not supported, because paths are recorded, and a query may contain a token.
 */
export function serviceProxyNetwork(
  api: KubernetesApi,
  { namespace, name, scheme }: { readonly namespace: string; readonly name: string; readonly scheme: 'http' | 'https' },
): Network {
  const root = `/api/v1/namespaces/${namespace}/services/${scheme}:${name}:${clientPortName}/proxy`;
  return {
    async http({ url, timeoutMs }, signal): Promise<HttpAnswer> {
      const { pathname } = new URL(url);
      const startedMs = api.clock.now();
      const bound = api.withSignal(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));
      const path = `${root}${pathname}`;
      try {
        const text = await bound.raw({
          method: 'GET',
          path,
          why: 'send a request to the client Service',
          patienceMs: timeoutMs,
        });
        return { status: 200, text, ms: api.clock.now() - startedMs };
      } catch (error) {
        if (!(error instanceof ApiError) || error.httpStatus === 0) throw error;
        // The API server has refused the proxy itself; a member sends no Status object.
        if (error.httpStatus === 403 && error.status !== undefined) throw error;
        return { status: error.httpStatus, text: error.evidence, ms: api.clock.now() - startedMs };
      }
    },
    connect: () => Promise.reject(new Error('a Service inside the cluster accepts no external connections')),
  };
}
