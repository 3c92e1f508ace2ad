import { connect, createServer, type Socket } from 'node:net';
import { close, listen } from '../../workload/listener.js';

/** A port in front of another one, at which new connections can fail while the open ones continue. */
export interface Front {
  readonly port: number;
  /** Refuses new connections from now on. */
  refuse(): void;
  stop(): Promise<void>;
}

/** Opens a port of loopback in front of another one. */
export async function openFront(target: number): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer(client => {
    const inner = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, inner],
      [inner, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  const port = await listen(server);
  return {
    port,
    refuse: () => void server.close(),
    async stop() {
      const closed = server.listening ? close(server) : Promise.resolve();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
