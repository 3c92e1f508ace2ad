import { createServer } from 'node:net';

/**
 * Below the node ports of Kubernetes, and below the range from which Linux takes ports of outgoing connections, which
 * could occupy a free port.
 */
const firstPort = 20_000;
const lastPort = 29_999;
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

/**
 * Takes a port from all other labs of this machine, until this process ends: a socket of Linux's abstract namespace has
 * one owner, and disappears with it (unix(7)). Returns false if another process, or this one, has the port.
 */
function claim(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(`\0migratorydata-aks-lab-${port}`, () => {
      server.unref();
      resolve(true);
    });
  });
}

/** Returns a free TCP port of 127.0.0.1 that no process of a lab has been given before, this one included. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if ((await claim(port)) && (await isFree(port))) return port;
  }
}
