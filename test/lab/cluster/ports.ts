import { createServer } from 'node:net';

/** Below the node ports of Kubernetes, and the range from which Linux takes ports of outgoing connections, which could occupy a port found free. */
const firstPort = 20_000;
const lastPort = 29_999;
const handedOut = new Set<number>();

/** Whether nobody listens on a port of 127.0.0.1. */
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

/** Finds a TCP port of 127.0.0.1 that nobody listens on and that this process has not handed out before. */
export async function findFreePort(): Promise<number> {
  for (;;) {
    const port = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    if (handedOut.has(port)) continue;
    handedOut.add(port);
    if (await isFree(port)) return port;
  }
}
