import type { MessageCounts } from '../../src/journal/experiment-record.js';
import type { Clock, HttpAnswer, Network } from '../../src/runtime/ports.js';

/** What happens to a message, by name; `keep` is no fault. */
export type MessageFault =
  | 'keep'
  /** Accepted and never stored. */
  | 'lose'
  /** Accepted, read once, then gone, as with the member that had it. */
  | 'forget'
  /** Accepted, and readable only some seconds later. */
  | 'delay'
  /** Stored twice. */
  | 'duplicate'
  /** Stored before the message that was accepted before it was sent. */
  | 'reorder'
  /** Accepted, and stored on one of two members only. */
  | 'split'
  /** At its position the other member has a message that nobody sent. */
  | 'clash'
  /** Followed by a message that nobody sent. */
  | 'intrude'
  | 'refuse'
  /** Not answered, but stored. */
  | 'silence'
  /** Not answered, and not stored. */
  | 'vanish';

export interface ServerOptions {
  readonly clock: Clock;
  /** Returns a number from 0 up to 1. */
  readonly random: () => number;
  /** Returns the fault of the next message. */
  readonly drawFault: () => MessageFault;
  readonly cache: { readonly seconds: number; readonly messages: number };
  /** Readings are refused from the first time up to the second, in milliseconds. */
  readonly unreadable: readonly [fromMs: number, toMs: number];
}

/** A server that keeps messages on two members, which answer readings in turn, and what its faults must be counted as. */
export interface MessageServer extends Network {
  /** Returns the counts of what was injected so far. */
  injected(): Omit<MessageCounts, 'unchecked' | 'readings'>;
}

interface Stored {
  readonly content: string;
  readonly epoch: number;
  readonly seq: number;
  readonly storedMs: number;
  readonly fault: MessageFault;
  /** The members that have it. */
  readonly members: readonly number[];
  readonly readableMs: number;
  /** When its producer had the response. */
  acceptedMs?: number;
}

const both = [0, 1];
/** Responses take up to this long, so that attempts overlap. */
const longestWayMs = 300;
/** How long one member orders the messages before another one is elected, at least and at most. */
const [shortestTermMs, longestTermMs] = [1_000, 31_000];

export function startMessageServer({ clock, random, drawFault, cache, unreadable }: ServerOptions): MessageServer {
  let stored: Stored[] = [];
  const overtaken = new Set<Stored>();
  let readings = 0;
  const positions = { epoch: 1, seq: 0, epochs: new Set<number>(), electedMs: clock.now() };
  const counts = {
    ...{ sent: 0, acked: 0, unclear: 0, refused: 0, lost: 0, stale: 0, diverged: 0, unexpected: 0 },
    ...{ duplicated: 0, reordered: 0, recovered: 0 },
  };
  const strange = (): string => `strange-${counts.unexpected++}`;

  const nextPosition = (): { readonly epoch: number; readonly seq: number } => {
    if (clock.now() - positions.electedMs > random() * (longestTermMs - shortestTermMs) + shortestTermMs) {
      Object.assign(positions, { epoch: positions.epoch + 1, seq: 0, electedMs: clock.now() });
    }
    positions.seq += 1;
    return { epoch: positions.epoch, seq: positions.seq };
  };
  const store = (content: string, fault: MessageFault, members = both): Stored => {
    const storedMs = clock.now();
    const readableMs = fault === 'delay' ? storedMs + 3_000 + random() * 3_000 : storedMs;
    return { content, ...nextPosition(), storedMs, fault, members, readableMs };
  };
  /** Returns the fault that really happens, and counts it. */
  const receive = (content: string, wanted: MessageFault, sentMs: number): { fault: MessageFault; one?: Stored } => {
    const former = stored.at(-1);
    const overtakes = former?.fault === 'keep' && !overtaken.has(former) && (former.acceptedMs ?? Infinity) <= sentMs;
    const fault = wanted === 'reorder' && !overtakes ? 'keep' : wanted;
    if (former && fault === 'reorder') overtaken.add(former);
    if (fault === 'lose') counts.lost += 1;
    if (fault === 'lose' || fault === 'vanish' || fault === 'refuse') return { fault };
    const one = store(content, fault, fault === 'split' ? [Math.floor(random() * 2)] : both);
    if (fault === 'reorder') stored.splice(-1, 0, one);
    else stored.push(one);
    if (fault === 'duplicate') stored.push(one);
    if (fault === 'clash') stored.push({ ...one, content: strange(), members: [1] });
    if (fault === 'intrude') stored.push(store(strange(), fault));
    counts.lost += fault === 'forget' ? 1 : 0;
    counts.stale += fault === 'delay' || fault === 'split' ? 1 : 0;
    counts.diverged += fault === 'split' || fault === 'clash' ? 1 : 0;
    counts.duplicated += fault === 'duplicate' ? 1 : 0;
    counts.reordered += fault === 'reorder' ? 1 : 0;
    counts.recovered += fault === 'silence' ? 1 : 0;
    return { fault, one };
  };
  const read = (history: number): readonly Stored[] => {
    const member = (readings += 1) % 2;
    const oldestMs = clock.now() - cache.seconds * 1_000;
    stored = stored.filter(({ storedMs }) => storedMs >= oldestMs).slice(-cache.messages);
    const listed = stored
      .filter(({ members, readableMs }) => members.includes(member) && readableMs <= clock.now())
      .slice(-history);
    stored = stored.filter(one => one.fault !== 'forget' || !listed.includes(one));
    for (const { epoch } of listed) positions.epochs.add(epoch);
    return listed;
  };
  const way = (signal: AbortSignal): Promise<void> => clock.sleep(1 + random() * longestWayMs, signal);
  const answer = (body: unknown): HttpAnswer => ({ status: 200, text: JSON.stringify(body), ms: 1 });

  return {
    injected: () => ({ ...counts, epochChanges: Math.max(0, positions.epochs.size - 1) }),
    connect: () => Promise.resolve(1),
    async http({ method, url, body = '', timeoutMs }, signal) {
      const sentMs = clock.now();
      if (method === 'POST') counts.sent += 1;
      await way(signal);
      if (method === 'GET') {
        const [fromMs, toMs] = unreadable;
        if (clock.now() >= fromMs && clock.now() < toMs) return { status: 503, text: '', ms: 1 };
        const messages = read(Number(new URL(url).searchParams.get('history')));
        await way(signal);
        return answer({ status: 'OK', messages });
      }
      const { fault, one } = receive(body, drawFault(), sentMs);
      if (fault === 'silence' || fault === 'vanish') {
        counts.unclear += 1;
        await clock.sleep(timeoutMs, signal);
        throw new Error('no answer');
      }
      counts[fault === 'refuse' ? 'refused' : 'acked'] += 1;
      await way(signal);
      if (one) one.acceptedMs = clock.now();
      return answer({ status: fault === 'refuse' ? 'FAILED' : 'OK' });
    },
  };
}
