import { setMaxListeners } from 'node:events';
import { accountForMessages, messageIssues } from '../../src/chaos/measurement/message-accounting.js';
import { type MessageHistory, messagesIn } from '../../src/chaos/measurement/message-history.js';
import { startMessageProbe } from '../../src/chaos/measurement/message-probe.js';
import type { MessageCounts } from '../../src/journal/experiment-record.js';
import { randomOf, seed } from '../lab/scenarios/support/random.js';
import { SteppedClock } from '../unit/chaos/measurement/stepped-clock.js';
import { type MessageFault, startMessageServer } from './message-server.js';

/** The faults of one kind of history, each for one message in 20, and the parameters of its server. */
interface Kind {
  readonly faults: readonly MessageFault[];
  readonly cache: { readonly seconds: number; readonly messages: number };
  /** For how long no reading is answered, in milliseconds. */
  readonly unreadableMs: number;
}

const cache = { seconds: 180, messages: 1_000 };
const kinds = {
  'one cluster': {
    ...{ cache, unreadableMs: 0 },
    faults: ['lose', 'forget', 'delay', 'duplicate', 'reorder', 'intrude', 'refuse', 'silence', 'vanish'],
  },
  'two halves': { cache, unreadableMs: 0, faults: ['split', 'split', 'split', 'clash', 'duplicate', 'refuse'] },
  'readings that fail': { cache, unreadableMs: 8_000, faults: ['lose', 'duplicate', 'refuse', 'silence', 'vanish'] },
  // Without duplicates and strangers, which would push out more than the margin of the reach.
  'a short cache': {
    cache: { seconds: 40, messages: 140 },
    unreadableMs: 0,
    faults: ['lose', 'forget', 'delay', 'reorder'],
  },
} as const satisfies Readonly<Record<string, Kind>>;
const faultShare = 1 / 20;
/**
 * These do not begin in the last seconds: a message that is only late, or is read once more and then gone, cannot be told
 * from one that two members disagree about when nothing is sent any more.
 */
const settling: readonly MessageFault[] = ['delay', 'forget', 'split'];
const settleMs = 8_000;

/** One history: what was injected and what was counted, by the names of the counts. */
export interface CountedHistory {
  readonly kind: keyof typeof kinds;
  readonly injected: Partial<MessageCounts>;
  readonly counted: Partial<MessageCounts>;
  /** Why the counts would not be judged. */
  readonly issues: readonly string[];
  /** The accepted messages that no reading has: all that the former rule counted as lost. */
  readonly neverRead: number;
}

/**
 * Publishes and reads messages with the probe of the experiments, for up to a minute of a clock that is stepped, on a server
 * that loses, forgets, delays, duplicates, reorders and splits messages at random, and counts them as a verdict does.
 */
export async function countHistory(random: () => number): Promise<CountedHistory> {
  const names = Object.keys(kinds) as (keyof typeof kinds)[];
  const kind = names[Math.floor(random() * names.length)] ?? 'one cluster';
  const { faults, cache: kept, unreadableMs }: Kind = kinds[kind];
  const clock = new SteppedClock();
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const lengthMs = 20_000 + Math.floor(random() * 40_000);
  const fromMs = 5_000 + random() * 5_000;
  const server = startMessageServer({
    ...{ clock, random, cache: kept, unreadable: [fromMs, fromMs + unreadableMs] },
    drawFault() {
      const fault = faults[Math.floor(random() / faultShare)] ?? 'keep';
      return settling.includes(fault) && clock.now() > lengthMs - settleMs ? 'keep' : fault;
    },
  });
  const rest = { subject: '/a/b', token: 'token', deliveryMode: 'Guaranteed', cache: kept };
  const endpoint = { url: () => 'http://server', network: server, blindSpot: undefined, rest };
  const probe = startMessageProbe(clock, endpoint, rest, 0, signal, () => undefined);
  await clock.advance(lengthMs);
  // A member is away for some time; only readings at other times prove a loss.
  const awayMs = random() * (lengthMs - 10_000);
  const allReady = [
    { fromMs: 0, toMs: awayMs },
    { fromMs: awayMs + random() * 5_000, toMs: Infinity },
  ];
  const stopping = probe.stop(() => allReady);
  await clock.advance(30_000);
  const history = await stopping;
  const { readings, unchecked, ...counted } = accountForMessages(history);
  return {
    ...{ kind, counted, injected: server.injected(), neverRead: neverReadIn(history) },
    issues: messageIssues({ readings, unchecked }, history),
  };
}

function neverReadIn({ sent, readings }: MessageHistory): number {
  const read = new Set(readings.flatMap(reading => [...messagesIn(reading)].map(({ id }) => id)));
  return sent.filter(({ id, outcome }) => outcome === 'acked' && !read.has(id)).length;
}

/** Returns the names of the counts that differ from what was injected, and the issues; an empty list if all is well. */
export function differencesIn({ injected, counted, issues }: CountedHistory): readonly string[] {
  const names = Object.keys(injected) as (keyof typeof injected)[];
  return [
    ...names
      .filter(name => injected[name] !== counted[name])
      .map(name => `${name}: ${injected[name]} injected, ${counted[name]} counted`),
    ...issues,
  ];
}

/** Compares the counts with what was injected, in random histories. */
export async function benchMessages(print: (line: string) => void, count = 200): Promise<void> {
  print(`CHAOS_SEED=${seed}`);
  const random = randomOf(seed);
  const total: Record<string, number> = {};
  const add = (name: string, value = 0): void => {
    total[name] = (total[name] ?? 0) + value;
  };
  let wrong = 0;
  for (let index = 0; index < count; index += 1) {
    const history = await countHistory(random);
    const differences = differencesIn(history);
    if (differences.length > 0) print(`history ${index}, ${history.kind}: ${differences.join('; ')}`);
    wrong += differences.length > 0 ? 1 : 0;
    add(`histories of ${history.kind}`, 1);
    for (const [name, value] of Object.entries(history.injected)) add(name, value);
    add('never read', history.neverRead);
  }
  print(
    Object.entries(total)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  );
  const { lost = 0, diverged = 0 } = total;
  print(
    `${count - wrong} of ${count} histories are counted as injected; a rule that takes what was ever read as delivered finds ${total['never read']} of ${lost} lost and 0 of ${diverged} diverged messages`,
  );
  if (wrong > 0) throw new Error(`${wrong} of ${count} histories were counted wrongly`);
}
