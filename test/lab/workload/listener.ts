import type { AddressInfo, Server } from 'node:net';

/** Starts listening. Resolves with the port. @throws the system's error, such as EACCES or EADDRINUSE. */
export function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Stops listening. The promise waits until the caller has ended the connections. */
export function close(server: Server): Promise<void> {
  return new Promise(resolve => {
    server.close(() => {
      resolve();
    });
  });
}
