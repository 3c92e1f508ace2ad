import { createServer, type Server, type Socket } from 'node:net';
import { close, listen } from './listener.js';

/**
 * A set of TCP listeners that follows a target: it opens missing listeners, and closes others with their connections.
 */
export interface PortListeners {
  /**
   * Opens and closes so that exactly these `address:port` keys listen.
   * @throws the system's error of the first that cannot be opened.
   */
  set(wanted: ReadonlyMap<string, (client: Socket) => void>): Promise<void>;
  stop(): Promise<void>;
}

interface Entry {
  readonly server: Server;
  readonly clients: Set<Socket>;
  readonly opened: Promise<unknown>;
  accept: (client: Socket) => void;
}

export function createPortListeners(): PortListeners {
  const entries = new Map<string, Entry>();

  const open = (key: string, accept: (client: Socket) => void): Entry => {
    const colon = key.lastIndexOf(':');
    const clients = new Set<Socket>();
    const server = createServer({ allowHalfOpen: true }, client => {
      clients.add(client);
      client.once('close', () => clients.delete(client));
      entry.accept(client);
    });
    const entry: Entry = {
      server,
      clients,
      accept,
      opened: listen(server, key.slice(0, colon), Number(key.slice(colon + 1))),
    };
    entries.set(key, entry);
    return entry;
  };

  const shut = async (key: string, { server, clients }: Entry): Promise<void> => {
    entries.delete(key);
    const closed = close(server);
    for (const client of clients) client.destroy();
    await closed;
  };

  const set = async (wanted: ReadonlyMap<string, (client: Socket) => void>): Promise<void> => {
    const closing = [...entries].filter(([key]) => !wanted.has(key)).map(([key, entry]) => shut(key, entry));
    const opening = [...wanted].map(async ([key, accept]) => {
      const entry = entries.get(key) ?? open(key, accept);
      entry.accept = accept;
      await entry.opened.catch((error: unknown) => {
        entries.delete(key);
        throw error;
      });
    });
    await Promise.all([...closing, ...opening]);
  };
  return { set, stop: () => set(new Map()) };
}
