import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Node } from '../../../src/kubernetes/api/types.js';
import type { ClusterView } from './cluster-view.js';
import { close, listen } from './listener.js';
import { keyOf } from './objects.js';
import { type ForwardTarget, forwardPort } from './port-forward.js';
import { formatLine, formatLog, readLogQuery, type ServerLogs } from './server-log.js';

export interface Kubelet {
  /** The port of every node's kubelet, for daemonEndpoints.kubeletEndpoint. */
  readonly port: number;
  stop(): Promise<void>;
}

export interface KubeletOptions {
  readonly view: ClusterView;
  readonly logs: ServerLogs;
  readonly nodeIsAlive: (nodeName: string) => boolean;
  /** Returns why the container of a pod cannot start, in kubelet's words. */
  readonly startProblem: (pod: string) => string | undefined;
  /** Returns where a connection to a port of a pod goes. The pod is `namespace/name`. */
  readonly forward: (pod: string, port: number) => ForwardTarget;
  /** The API server verifies it only with --kubelet-certificate-authority. */
  readonly certificate: { readonly cert: string; readonly key: string };
}

/**
 * Logs and forwarded ports of the kubelet API for all nodes: it listens on 127.0.0.1 and on the InternalIP of each node, always on
 * one port. The kubelet of a node without power accepts connections, since the kernel does, and never responds.
 * https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/server/server.go (containerLogs)
 */
export async function startKubelet(options: KubeletOptions): Promise<Kubelet> {
  const { view, nodeIsAlive, certificate } = options;
  const https = createHttpsServer(certificate, (request, response) => {
    answer(request, response, options);
  });
  https.on('upgrade', (request, socket: Duplex) => {
    const url = new URL(request.url ?? '/', 'https://kubelet');
    const [, pod = ''] = /^\/portForward\/([^/]+\/[^/]+)$/.exec(url.pathname) ?? [];
    const port = Number(url.searchParams.get('port'));
    forwardPort(request, socket, port, options.forward(pod, port));
  });
  const sockets = new Set<Socket>();
  const listeners = new Map<string, Server>();

  const serve = (owner: () => Node | undefined): Server =>
    createServer(socket => {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
      const node = owner();
      if (!node || nodeIsAlive(node.metadata.name)) https.emit('connection', socket);
    });

  const shared = serve(() => undefined);
  const port = await listen(shared);
  listeners.set('127.0.0.1', shared);

  const reconcile = (): void => {
    for (const address of view.nodes().flatMap(node => internalAddress(node) ?? [])) {
      if (listeners.has(address)) continue;
      const server = serve(() => view.nodes().find(node => internalAddress(node) === address));
      listeners.set(address, server);
      void listen(server, address, port);
    }
  };
  view.onChange(reconcile);
  reconcile();

  return {
    port,
    async stop() {
      const closed = [...listeners.values()].map(close);
      for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
    },
  };
}

/** Returns the loopback address of the node; undefined until its status has one. */
export function internalAddress(node: Node): string | undefined {
  const found = node.status.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return found?.startsWith('127.') ? found : undefined;
}

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { view, logs, startProblem }: KubeletOptions,
): void {
  const url = new URL(request.url ?? '/', 'https://kubelet');
  const match = /^\/containerLogs\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(url.pathname);
  const refuse = (code: number, text: string): void => {
    response.writeHead(code, { 'content-type': 'text/plain' });
    response.end(text);
  };
  if (!match || request.method !== 'GET') {
    refuse(404, 'this kubelet serves logs and forwarded ports only');
    return;
  }
  const [, namespace = '', name = '', container = ''] = match;
  const pod = `${namespace}/${name}`;
  const log = logs.read(pod);
  const previous = url.searchParams.get('previous') === 'true';
  const lines = previous ? log?.previous : log?.current;
  if (!lines) {
    refuse(
      400,
      previous && log
        ? `previous terminated container "${container}" in pod "${name}" not found`
        : `container "${container}" in pod "${name}" is waiting to start: ${startProblem(pod) ?? waitingReason(view, pod)}`,
    );
    return;
  }
  const query = readLogQuery(url.searchParams, Date.now());
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.write(formatLog(lines, query));
  if (url.searchParams.get('follow') !== 'true' || previous) {
    response.end();
    return;
  }
  const unfollow = logs.follow(pod, line => response.write(formatLine(line, query)));
  response.once('close', unfollow);
}

function waitingReason(view: ClusterView, key: string): string {
  const pod = view.pods().find(candidate => keyOf(candidate) === key);
  const reason = pod?.status.containerStatuses?.[0]?.state?.waiting?.reason;
  return reason ?? (pod?.status.phase === 'Pending' ? 'ContainerCreating' : 'PodInitializing');
}
