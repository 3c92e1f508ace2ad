import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { HttpAnswer, Network } from './ports.js';

/** More than a welcome page or a slice of messages needs; the rest of a longer answer is dropped. */
const bodyLimitBytes = 4 * 1024 * 1024;

/** Plain sockets, each call on a new one: what a client without a connection would see. */
export const socketNetwork: Network = {
  http({ method, url, body, timeoutMs }, signal) {
    const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const startedMs = performance.now();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    return new Promise<HttpAnswer>((resolve, reject) => {
      const request = send(url, { method, agent: false, signal: ended }, response => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          if (bytes < bodyLimitBytes) chunks.push(chunk);
          bytes += chunk.length;
        });
        response.on('error', fail);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: response.statusCode ?? 0, text, ms: performance.now() - startedMs });
        });
      });
      const fail = (error: Error): void => {
        reject(signal.aborted ? asError(signal.reason) : ended.aborted ? silent(timeoutMs) : error);
      };
      request.on('error', fail);
      request.end(body);
    });
  },

  connect(host, port, timeoutMs, signal) {
    const startedMs = performance.now();
    return new Promise<number>((resolve, reject) => {
      const socket = connect({ host, port, signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) });
      socket.once('connect', () => {
        socket.destroy();
        resolve(performance.now() - startedMs);
      });
      socket.once('error', error => {
        socket.destroy();
        reject(signal.aborted ? asError(signal.reason) : error.name === 'AbortError' ? silent(timeoutMs) : error);
      });
    });
  },
};

function silent(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
