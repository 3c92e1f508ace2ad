import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import type * as tls from 'node:tls';
import type { SecureContext, TLSSocket } from 'node:tls';
import { openHttpSession } from './http-session.js';
import type { HttpAnswer, Network } from './ports.js';
import { abortReason } from './time.js';

/** More than a welcome page or a slice of messages needs; the rest of a longer response is dropped. */
const bodyLimitBytes = 4 * 1024 * 1024;

/**
 * Creates a network of plain sockets, a new one for each call: this is what a new client would see. A certificate must be
 * valid for the host, and signed by one of these authorities (PEM), by default by one that Node or the system trusts.
 */
export function createSocketNetwork(authorities?: string): Network {
  let context: SecureContext | undefined;
  /** All connections share it, because reading the authorities takes longer than a handshake. */
  const tlsOptions = (url: string): { readonly secureContext?: SecureContext } => {
    if (!url.startsWith('https:')) return {};
    context ??= process.getBuiltinModule('node:tls').createSecureContext({ ca: authorities ?? trustedAuthorities() });
    return { secureContext: context };
  };
  return {
    http({ method, url, body, timeoutMs }, signal) {
      const { request: send } = clientFor(url);
      const startedMs = performance.now();
      return new Promise<HttpAnswer>((resolve, reject) => {
        const request = send(url, { method, agent: false, signal, ...tlsOptions(url) }, response => {
          const certificate = certificateOf(response.socket);
          const chunks: Buffer[] = [];
          let bytes = 0;
          response.on('data', (chunk: Buffer) => {
            if (bytes < bodyLimitBytes) chunks.push(chunk);
            bytes += chunk.length;
          });
          response.on('error', fail);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            clearTimeout(timer);
            const ms = performance.now() - startedMs;
            resolve({ status: response.statusCode ?? 0, text, ms, ...certificate });
          });
        });
        const fail = (error: Error): void => {
          clearTimeout(timer);
          reject(signal.aborted ? abortReason(signal) : error);
        };
        // A separate timer: a timeout signal inside AbortSignal.any may be garbage-collected before it fires (nodejs/node
        // 57736).
        const timer = setTimeout(() => request.destroy(timeoutError(timeoutMs)), timeoutMs);
        request.on('error', fail);
        request.end(body);
      });
    },

    connect(host, port, timeoutMs, signal) {
      const startedMs = performance.now();
      return new Promise<number>((resolve, reject) => {
        const socket = process.getBuiltinModule('node:net').connect({ host, port, signal });
        const timer = setTimeout(() => socket.destroy(timeoutError(timeoutMs)), timeoutMs);
        socket.once('connect', () => {
          clearTimeout(timer);
          socket.destroy();
          resolve(performance.now() - startedMs);
        });
        socket.once('error', error => {
          clearTimeout(timer);
          socket.destroy();
          reject(signal.aborted ? abortReason(signal) : error);
        });
      });
    },

    open: (url, events) => openHttpSession(url, events, tlsOptions(url)),

    trusting: createSocketNetwork,
  };
}

/** Node trusts the authorities of Mozilla; those of a company are in the store of the system. Older versions read no store. */
function trustedAuthorities(): string[] | undefined {
  const { getCACertificates: list } = process.getBuiltinModule('node:tls') as Partial<typeof tls>;
  return list && [...new Set([...list('default'), ...list('system')])];
}

/** Returns Node's client for the scheme of a URL, loaded by the first request: the one for https loads all of TLS. */
function clientFor(url: string): typeof http | typeof https {
  return process.getBuiltinModule(url.startsWith('https:') ? 'node:https' : 'node:http');
}

function certificateOf(socket: Socket): { readonly certificateEnd?: Date } {
  const { valid_to: end } = (socket as Partial<TLSSocket>).getPeerCertificate?.() ?? {};
  return end === undefined ? {} : { certificateEnd: new Date(end) };
}

function timeoutError(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}
