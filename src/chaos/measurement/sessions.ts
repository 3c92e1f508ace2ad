import { setMaxListeners } from 'node:events';
import type { SessionsRecord } from '../../journal/experiment-record.js';
import type { Clock, HttpSession } from '../../runtime/ports.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { deadlineMs } from './probe.js';

/** Enough to show the share of clients that lose their node, and too few to be a load. */
const sessionCount = 24;
/** The time between two requests on one connection, in milliseconds. */
const intervalMs = 1_000;

export interface Sessions {
  /** Closes the connections and returns the counts. */
  stop(): Promise<SessionsRecord>;
}

const notMeasured: Sessions = { stop: () => Promise.resolve({ opened: null, broken: null, hung: null }) };

/**
 * Opens connections before the fault and keeps using them, as connected clients do: they can hang while new connections
 * succeed over another route. A lost connection is not reopened, so each one counts once.
 */
export async function openSessions(
  clock: Clock,
  { network, url }: ClientEndpoint,
  signal: AbortSignal,
): Promise<Sessions> {
  const { open } = network;
  if (open === undefined) return notMeasured;
  const stopping = new AbortController();
  const ended = AbortSignal.any([signal, stopping.signal]);
  // Each session listens to the signal.
  setMaxListeners(0, ended);
  let broken = 0;
  let hung = 0;

  const use = async (session: HttpSession, index: number): Promise<void> => {
    await clock.sleep((index * intervalMs) / sessionCount, ended);
    for (;;) {
      const outcome = await session.request(deadlineMs);
      ended.throwIfAborted();
      if (outcome === 'silent') hung += 1;
      if (outcome === 'closed') broken += 1;
      if (outcome === 'silent' || outcome === 'closed') return;
      await clock.sleep(intervalMs, ended);
    }
  };
  const sessions = Array.from({ length: sessionCount }, () => open(url()));
  // A connection that cannot be opened does not count here; the probe measures that.
  const first = await Promise.all(sessions.map(session => session.request(deadlineMs)));
  // A server that ends each connection with its answer, as it announces, has none that could break.
  if (first.includes('ending')) {
    for (const session of sessions) session.close();
    return notMeasured;
  }
  const opened = sessions.filter((_, index) => first[index] === 'answered');
  const using = opened.map((session, index) => use(session, index).catch(() => undefined));
  return {
    async stop() {
      stopping.abort();
      for (const session of sessions) session.close();
      await Promise.all(using);
      return { opened: opened.length, broken, hung };
    },
  };
}
