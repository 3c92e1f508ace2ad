import { createServer } from 'node:https';
import type { LabApi } from '../api.js';
import { close, listen } from './listener.js';
import { type MetricsAnswer, metricsPath } from './metrics-answers.js';

/** Serves metrics.k8s.io, and registers it with the API server. Returns the function that ends it. */
export async function serveMetrics(
  api: LabApi,
  certificate: NonNullable<LabApi['clientCertificate']>,
  answer: (url: URL) => MetricsAnswer | Promise<MetricsAnswer>,
): Promise<() => Promise<void>> {
  const server = createServer(certificate, (request, response) => {
    void (async () => answer(new URL(request.url ?? '/', 'https://metrics')))().then(
      ({ code, body }) => {
        response.writeHead(code, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  await register(api, await listen(server));
  return async () => {
    const closed = close(server);
    server.closeAllConnections();
    await closed;
  };
}

/** Only an ExternalName Service lets the aggregator reach a server outside of the cluster. */
async function register(api: LabApi, port: number): Promise<void> {
  const name = 'metrics-server';
  const namespace = 'kube-system';
  const apply = (path: string, body: unknown): Promise<unknown> =>
    api.patch(`${path}?fieldManager=lab&force=true`, body, 'application/apply-patch+yaml');
  await apply(`/api/v1/namespaces/${namespace}/services/${name}`, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port, protocol: 'TCP' }] },
  });
  const [, , group = '', version = ''] = metricsPath.split('/');
  await apply(`/apis/apiregistration.k8s.io/v1/apiservices/${version}.${group}`, {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}` },
    spec: {
      group,
      version,
      service: { name, namespace, port },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority: 100,
    },
  });
}
