import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { createResponseReader } from './http-response.js';
import { ipVersionOf } from './ip-version.js';
import type { HttpSession, HttpSessionEvents } from './ports.js';
import { addressOf } from './url-address.js';

/**
 * Opens a persistent connection to the host of a URL. It has no timer, and no agent of Node's client, which would double
 * its memory: there may be thousands.
 */
export function openHttpSession(
  url: string,
  events: HttpSessionEvents,
  tlsOptions: { readonly secureContext?: SecureContext } = {},
): HttpSession {
  const target = new URL(url);
  const { protocol, host, pathname, search } = target;
  const address = addressOf(target);
  const servername = ipVersionOf(address.host) === 0 ? { servername: address.host } : {};
  const socket: Socket =
    protocol === 'https:'
      ? process.getBuiltinModule('node:tls').connect({ ...address, ...tlsOptions, ...servername })
      : process.getBuiltinModule('node:net').connect(address);
  const head = `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  let read: ReturnType<typeof createResponseReader> | undefined;
  let failure: Error | undefined;
  let isClosed = false;
  socket.on('data', (chunk: Buffer) => {
    try {
      const end = read?.(chunk);
      if (end === undefined) return;
      read = undefined;
      events.answered(end === 'ending');
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on('error', error => {
    failure = error;
  });
  socket.on('close', () => {
    if (!isClosed) events.ended(failure);
  });
  return {
    request() {
      read = createResponseReader();
      socket.write(head);
    },
    isReached: () => !socket.connecting,
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}
