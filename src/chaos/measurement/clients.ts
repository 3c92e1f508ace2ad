import { ActionError } from '../../errors/action-error.js';
import type { Clock, HttpSession } from '../../runtime/ports.js';
import { describeAttemptFailure } from './attempt-failure.js';
import type { ClientEndpoint } from './client-endpoint.js';
import type { ClientsHistory } from './clients-history.js';
import { atFixedRate } from './fixed-rate.js';
import { deadlineMs } from './probe.js';

/** Up to this number, the clients are too few to be a load: they connect at once, and send a request each second. */
const fewClients = 24;
/** New connections per second before the fault, if there are more. */
const rampPerSecond = 200;
const [fastIntervalMs, slowIntervalMs] = [1_000, 30_000] as const;
/** One timer serves all clients, in milliseconds. */
const tickMs = 100;
/** The longest delay before a client connects again: after its loss, at least, and after many failures, in milliseconds. */
const [firstDelayMs, longestDelayMs] = [1_000, 8_000] as const;

export interface Clients {
  /** Closes the connections, and returns what happened to them in milliseconds from a time of the clock. */
  stop(t0Ms: number): Promise<ClientsHistory>;
}

/** Returns how long the connections are opened before the fault, in milliseconds. */
export function rampMsOf(count: number): number {
  return count <= fewClients ? 0 : (count / rampPerSecond) * 1_000;
}

/**
 * Opens connections and keeps using them, as connected clients do: they can hang while new connections succeed over
 * another route. A client that loses its connection opens another one. Resolves when each has tried to connect.
 * @throws ActionError `runner-limit` if the runner cannot open as many.
 */
export async function openClients(
  clock: Clock,
  { network, url }: ClientEndpoint,
  count: number,
  signal: AbortSignal,
): Promise<Clients> {
  const { open } = network;
  if (open === undefined) return notMeasured(count, 'the way to the cluster has no lasting connections');
  const stopping = new AbortController();
  const startedMs = clock.now();
  const rampMs = rampMsOf(count);
  const intervalMs = count <= fewClients ? fastIntervalMs : slowIntervalMs;
  const clients: Client[] = Array.from({ length: count }, (_, index) => ({
    ...{ index, session: undefined, isConnected: false, sentMs: undefined, failures: 0 },
    dueMs: startedMs + (index * rampMs) / count,
  }));
  const changes: { client: number; atMs: number; to: 'connected' | 'closed' | 'hung' }[] = [];
  const openings = new Map<number, number>();
  let connected = 0;
  let lagMs = 0;
  let isRamping = true;
  let ended: { readonly atMs: number; readonly why: string } | undefined;
  let closesEach = false;
  let rampEnded = (): void => undefined;

  const close = (client: Client): void => {
    client.session?.close();
    client.session = undefined;
    client.sentMs = undefined;
  };
  const endAll = (): void => {
    stopping.abort();
    clients.forEach(close);
    rampEnded();
  };
  const fail = (why: string): void => {
    ended ??= { atMs: clock.now(), why };
    endAll();
  };
  const lose = (client: Client, to: 'closed' | 'hung', failure?: string): void => {
    const isUnreached = client.session?.isReached() === false;
    close(client);
    if (failure !== undefined) {
      fail(failure);
      return;
    }
    // Nothing is broken yet and others are connected: what is used up lies on the side of the runner.
    if (isRamping && isUnreached && to === 'hung' && connected > fewClients) {
      fail('no answer to new connections, as when the SNAT ports of a network are used up');
      return;
    }
    if (client.isConnected) {
      connected -= 1;
      changes.push({ client: client.index, atMs: clock.now(), to });
    }
    client.isConnected = false;
    client.dueMs = clock.now() + reconnectDelayMs(client, count);
    client.failures += 1;
  };
  const answer = (client: Client, isEnding: boolean): void => {
    client.sentMs = undefined;
    client.failures = 0;
    if (!client.isConnected) {
      connected += 1;
      changes.push({ client: client.index, atMs: clock.now(), to: 'connected' });
    }
    client.isConnected = true;
    client.dueMs = nextSlotMs(clock.now(), startedMs + (client.index * intervalMs) / count, intervalMs);
    if (!isEnding) return;
    // A server that ends each connection with its answer, as it announces, has none that could break.
    closesEach ||= isRamping;
    if (closesEach) endAll();
    else lose(client, 'closed');
  };
  const connect = (client: Client): void => {
    const second = Math.floor(clock.now() / 1_000) * 1_000;
    openings.set(second, (openings.get(second) ?? 0) + 1);
    client.session = open(url(), {
      answered: isEnding => {
        answer(client, isEnding);
      },
      ended: error => {
        const { text, local } = describeAttemptFailure(error);
        lose(client, 'closed', local ? text : undefined);
      },
    });
    send(client);
  };
  const send = (client: Client): void => {
    client.sentMs = clock.now();
    client.session?.request();
  };
  const ticking = atFixedRate({
    ...{ clock, t0Ms: startedMs, intervalMs: tickMs, signal: AbortSignal.any([signal, stopping.signal]) },
    tick(atMs, lateMs) {
      lagMs = Math.max(lagMs, lateMs);
      const now = clock.now();
      for (const client of clients) {
        if (stopping.signal.aborted) return;
        if (client.sentMs !== undefined) {
          if (now - client.sentMs >= deadlineMs) lose(client, 'hung');
        } else if (now >= client.dueMs) {
          if (client.session === undefined) connect(client);
          else send(client);
        }
      }
      if (atMs >= rampMs && (connected === count || atMs >= rampMs + deadlineMs)) rampEnded();
    },
  });
  await new Promise<void>(resolve => {
    rampEnded = resolve;
    void ticking.then(resolve);
  });
  isRamping = false;
  if (ended !== undefined || signal.aborted) endAll();
  signal.throwIfAborted();
  if (ended !== undefined) {
    const message = `The runner can hold ${connected} of ${count} connections: ${ended.why}. No fault was injected.`;
    throw new ActionError('runner-limit', message);
  }
  return {
    async stop(t0Ms) {
      endAll();
      await ticking;
      const since = <T extends { readonly atMs: number }>(one: T): T => ({ ...one, atMs: one.atMs - t0Ms });
      return {
        wanted: count,
        ...(closesEach && { notMeasured: 'the server closes each connection with its answer' }),
        changes: changes.map(since),
        openings: [...openings].map(([atMs, opened]) => ({ atMs: atMs - t0Ms, opened })),
        lagMs,
        ...(ended && { ended: since(ended) }),
      };
    },
  };
}

/** One client. Times are those of the clock. */
interface Client {
  readonly index: number;
  session: HttpSession | undefined;
  /** Whether the connection has answered. */
  isConnected: boolean;
  /** When the request in progress was sent; undefined without one. */
  sentMs: number | undefined;
  /** When the next request is due, or without a connection, the next one. */
  dueMs: number;
  /** How often it has failed to connect since it was connected. */
  failures: number;
}

function notMeasured(wanted: number, why: string): Clients {
  return { stop: () => Promise.resolve({ wanted, notMeasured: why, changes: [], openings: [], lagMs: 0 }) };
}

/** Returns the first time after `nowMs` that is whole intervals from `phaseMs`, so that the requests are spread evenly. */
function nextSlotMs(nowMs: number, phaseMs: number, intervalMs: number): number {
  return phaseMs + (Math.floor((nowMs - phaseMs) / intervalMs) + 1) * intervalMs;
}

/**
 * Clients that lose their connection together must not come back together, which a busy runner could not measure: the
 * delays are spread, so that even all of them open about 1,000 connections per second, and double after each failure.
 */
function reconnectDelayMs({ index, failures }: Client, count: number): number {
  const share = (index * 0.618034 + failures * 0.414214) % 1;
  return share * Math.min(longestDelayMs, Math.max(firstDelayMs, count) * 2 ** failures);
}
