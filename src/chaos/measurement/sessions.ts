import { setMaxListeners } from 'node:events';
import type { SessionsRecord } from '../../journal/experiment-record.js';
import type { Clock, HttpSession } from '../../runtime/ports.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { deadlineMs } from './probe.js';

/** As many as show the share of clients that a node takes with it, and few enough to be no load. */
const sessionCount = 24;
/** Between two requests on one connection, in milliseconds. */
const intervalMs = 1_000;

export interface Sessions {
  stop(): Promise<SessionsRecord>;
}

/**
 * Opens connections before the fault and keeps using each, as clients do that are connected: a new connection may find
 * another way while these hang. A connection that is lost stays lost, so that each counts once.
 */
export async function openSessions(
  clock: Clock,
  { network, url }: ClientEndpoint,
  signal: AbortSignal,
): Promise<Sessions> {
  const { open } = network;
  if (open === undefined) return { stop: () => Promise.resolve({ opened: null, broken: null, hung: null }) };
  const stopping = new AbortController();
  const ended = AbortSignal.any([signal, stopping.signal]);
  // Each session listens for the end.
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
      if (outcome !== 'answered') return;
      await clock.sleep(intervalMs, ended);
    }
  };
  const sessions = Array.from({ length: sessionCount }, () => open(url()));
  // One that cannot be opened is not counted; that nothing can be opened is what the probe is for.
  const first = await Promise.all(sessions.map(session => session.request(deadlineMs)));
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
