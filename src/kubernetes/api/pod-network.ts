import type { Duplex } from 'node:stream';
import type { HttpAnswer, Network } from '../../runtime/ports.js';
import { abortReason, withTimeLimit } from '../../runtime/time.js';
import type { KubernetesApi, PodKey } from './api.js';

/**
 * Returns the network that leads to a port of one pod, whatever its Service does: each request has a connection of its own,
 * forwarded by the kubelet. The API server sees neither the paths nor the queries, so a query may have a token. URLs keep
 * their path and query; their host is only a name.
 */
export function podNetwork(api: KubernetesApi, pod: PodKey, port: number): Network {
  const { clock } = api;
  return {
    http({ timeoutMs, ...request }, signal): Promise<HttpAnswer> {
      const startedMs = clock.now();
      const outer = AbortSignal.any([api.signal, signal]);
      return withTimeLimit({ clock, ms: timeoutMs, outer, text: `no answer within ${timeoutMs} ms` }, async bound => {
        const stream = await api.withSignal(bound).connectToPod(pod, port, `connect to ${pod.name}`);
        try {
          return { ...(await send(request, stream, bound)), ms: clock.now() - startedMs };
        } finally {
          stream.destroy();
        }
      });
    },
    connect: () => Promise.reject(new Error('a pod is reached by requests only')),
  };
}

function send(
  { method, url, body }: Omit<Parameters<Network['http']>[0], 'timeoutMs'>,
  stream: Duplex,
  signal: AbortSignal,
): Promise<Pick<HttpAnswer, 'status' | 'text'>> {
  const { pathname, search, host } = new URL(url);
  const path = `${pathname}${search}`;
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(signal.aborted ? abortReason(signal) : error);
    };
    const options = { method, path, headers: { host }, createConnection: () => stream, signal };
    const request = process.getBuiltinModule('node:http').request(options, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', fail);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    request.on('error', fail);
    request.end(body);
  });
}
