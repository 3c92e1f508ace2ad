import { createServer } from 'node:net';

/**
 * Below the node ports of Kubernetes, and below the range from which Linux takes ports of outgoing connections, which
 * could occupy a free port.
 */
const firstPort = 20_000;
const lastPort = 29_999;
const handedOut = new Set<number>();

/** Returns whether a port of 127.0.0.1 is free. */
export function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Returns a free TCP port of 127.0.0.1 that this process has not returned before. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
}
