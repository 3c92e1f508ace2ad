import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Front extends AsyncDisposable {
  /** The port on 127.0.0.1 for clients, for the input `client-port`. */
  readonly port: number;
  /** Requests as `METHOD path`, without their queries, which contain a token. */
  readonly requests: readonly string[];
  /** Changes what the server does from now on; the default is `well`. */
  mode: 'well' | 'no-welcome-page' | 'refuses-messages' | 'loses-messages';
}

const welcomePage = '<html><head><title>MigratoryData Server</title></head><body>Welcome</body></html>';

/**
 * Stands in for the members behind the load balancer: the welcome page, and the REST interface with the history of each
 * subject.
 */
export async function startFront(): Promise<Front> {
  const requests: string[] = [];
  const history = new Map<string, string[]>();
  const front: { mode: Front['mode'] } = { mode: 'well' };

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string | object }> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const route = `${request.method ?? 'GET'} ${url.pathname}`;
    const subject = url.searchParams.get('subject') ?? '';
    const messages = history.get(subject) ?? [];
    requests.push(route);
    switch (route) {
      case 'GET /':
        return front.mode === 'no-welcome-page' ? { status: 404, body: '' } : { status: 200, body: welcomePage };
      case 'POST /rest/produce': {
        let content = '';
        for await (const chunk of request.setEncoding('utf8')) content += chunk as string;
        if (front.mode === 'refuses-messages') return { status: 200, body: { subject, status: 'FAILED' } };
        if (front.mode === 'well') history.set(subject, [...messages, content]);
        return { status: 200, body: { subject, status: 'OK' } };
      }
      case 'GET /rest/consume': {
        const listed = messages.map((content, index) => ({
          message_type: 'HISTORICAL',
          content,
          epoch: 1,
          seq: index + 1,
        }));
        return { status: 200, body: { subject, messages: listed } };
      }
      default:
        return { status: 404, body: '' };
    }
  };
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => {
        response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
      },
      () => response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get mode() {
      return front.mode;
    },
    set mode(mode) {
      front.mode = mode;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
