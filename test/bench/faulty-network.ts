import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** `refused`: each new connection is reset at once. `dropped`: all packets to the address vanish. */
export type NetworkFault = 'refused' | 'dropped';

export type PeerRequest = { readonly id: number } & (
  | {
      readonly kind: 'serve';
      readonly device: string;
      readonly own: string;
      readonly range: string;
      readonly addresses: readonly string[];
      readonly port: number;
    }
  | {
      readonly kind: 'fail';
      readonly fault: NetworkFault;
      readonly address: string;
      readonly port: number;
      readonly durationMs: number;
    }
);

export interface PeerAnswer {
  readonly id: number;
  readonly trueMs: number;
  readonly error?: string;
}

/** Servers at the other end of a network whose packets the kernel carries, refuses or drops. */
export interface FaultyNetwork extends AsyncDisposable {
  readonly urls: readonly string[];
  /** Injects a fault at the server with this index, and returns how long it lasted, in milliseconds. */
  fail(index: number, fault: NetworkFault, durationMs: number): Promise<number>;
}

const port = 8080;
const peerProgram = fileURLToPath(new URL('./network-peer.js', import.meta.url));
const run = promisify(execFile);

/**
 * Starts `count` servers in a network namespace of their own, connected by a pair of virtual Ethernet devices. The caller
 * runs in a network namespace of its own as well, so that nothing of the machine is touched, and all is gone when the
 * processes end.
 * @throws Error with the words of ip.
 */
export async function startFaultyNetwork(count: number): Promise<FaultyNetwork> {
  const peer = spawn('unshare', ['--net', process.execPath, peerProgram], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(peer, 'spawn');
  const addresses = Array.from({ length: count }, (_, index) => `10.99.1.${index + 1}`);
  const ask = createAsking(peer);
  await run('ip', ['link', 'set', 'lo', 'up']);
  await run('ip', ['link', 'add', 'near', 'type', 'veth', 'peer', 'name', 'far']);
  await run('ip', ['link', 'set', 'far', 'netns', String(peer.pid)]);
  await run('ip', ['address', 'add', '10.99.0.1/24', 'dev', 'near']);
  await run('ip', ['link', 'set', 'near', 'up']);
  const range = '10.99.1.0/24';
  await ask({ kind: 'serve', device: 'far', own: '10.99.0.2/24', range, addresses, port });
  await run('ip', ['route', 'add', range, 'via', '10.99.0.2']);
  return {
    urls: addresses.map(address => `http://${address}:${port}`),
    fail: (index, fault, durationMs) => ask({ kind: 'fail', fault, address: addresses[index] ?? '', port, durationMs }),
    async [Symbol.asyncDispose]() {
      const ended = once(peer, 'exit');
      peer.disconnect();
      await ended;
    },
  };
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** Returns a function that sends a request and resolves with what was answered. */
function createAsking(peer: ChildProcess): (request: WithoutId<PeerRequest>) => Promise<number> {
  const waiting = new Map<number, (answer: PeerAnswer) => void>();
  let lastId = 0;
  peer.on('message', (answer: PeerAnswer) => waiting.get(answer.id)?.(answer));
  return request =>
    new Promise((resolve, reject) => {
      const id = (lastId += 1);
      waiting.set(id, ({ trueMs, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(trueMs);
        else reject(new Error(error));
      });
      peer.send({ ...request, id });
    });
}
