import type { ClientsRecord } from '../../journal/clients-record.js';
import { countOver } from './count-over.js';

/** A client that was connected or lost its connection. */
export interface ClientChange {
  /** The number of the client. */
  readonly client: number;
  readonly atMs: number;
  /** `closed` by the other side, or `hung`: a request got no answer in time. */
  readonly to: 'connected' | 'closed' | 'hung';
}

/** What happened to the connections that stay open. Times are milliseconds from t0. */
export interface ClientsHistory {
  readonly wanted: number;
  /** Why nothing was measured; absent if it was. */
  readonly notMeasured?: string;
  /** Ordered by time. */
  readonly changes: readonly ClientChange[];
  /** How many connections were opened in each second that begins at `atMs`. */
  readonly openings: readonly { readonly atMs: number; readonly opened: number }[];
  /** The largest delay of the timer: how long the runner was too busy to serve them. */
  readonly lagMs: number;
  /** Set if the runner could open no more connections, and all were ended. */
  readonly ended?: { readonly atMs: number; readonly why: string };
}

/** If more than this share lost their connections before the fault, a loss after it says nothing. */
const steadyShare = 0.1;

/**
 * Summarizes what happened to the clients that were connected when the fault was injected.
 * @param injectedMs 0 when nothing was injected.
 * @param faultMs the time of the fault, from which times are measured.
 */
export function summarizeClients(history: ClientsHistory, injectedMs: number, faultMs: number): ClientsRecord {
  const { wanted, openings, lagMs, ended } = history;
  const last = new Map<number, ClientChange['to']>();
  const lost = new Map<number, { readonly first: 'closed' | 'hung'; backMs: number | undefined }>();
  const lostBefore = new Set<number>();
  for (const { client, atMs, to } of history.changes) {
    if (atMs >= 0 && atMs < injectedMs && to !== 'connected') lostBefore.add(client);
    if (atMs < injectedMs) last.set(client, to);
    else if (last.get(client) === 'connected') {
      const one = lost.get(client);
      if (to !== 'connected') lost.set(client, { first: one?.first ?? to, backMs: undefined });
      else if (one) one.backMs = Math.max(0, Math.round(atMs - faultMs));
    }
  }
  const opened = [...last.values()].filter(to => to === 'connected').length;
  const reason =
    history.notMeasured ?? (ended && `the runner ended them: ${ended.why}`) ?? unsteady(lostBefore.size, wanted);
  if (reason !== undefined) {
    return {
      wanted,
      opened: null,
      broken: null,
      hung: null,
      back: null,
      peakPerSecond: null,
      lagMs: Math.round(lagMs),
      notMeasured: reason,
    };
  }
  const broken = [...lost.values()];
  const back = broken.map(({ backMs }) => backMs ?? Infinity).sort((a, b) => a - b);
  const backOf = (share: number): number | null => {
    const ms = back[Math.ceil(share * back.length) - 1] ?? Infinity;
    return ms === Infinity ? null : ms;
  };
  return {
    wanted,
    opened,
    broken: broken.filter(({ first }) => first === 'closed').length,
    hung: broken.filter(({ first }) => first === 'hung').length,
    back: back.length === 0 ? null : { p50: backOf(0.5), p95: backOf(0.95), p99: backOf(0.99), all: backOf(1) },
    peakPerSecond: openings
      .filter(({ atMs }) => atMs + 1_000 > injectedMs)
      .reduce((most, one) => Math.max(most, one.opened), 0),
    lagMs: Math.round(lagMs),
  };
}

function unsteady(lost: number, wanted: number): string | undefined {
  if (lost <= wanted * steadyShare) return undefined;
  return `${lost} of ${wanted} ended before the fault, as where the server closes idle connections`;
}

/** Returns how many clients were connected: at t0, and the lowest number of each second. */
export function connectedOver({ changes }: ClientsHistory): readonly (readonly [atMs: number, connected: number])[] {
  return countOver(
    changes.map(({ atMs, to }) => ({ atMs, by: to === 'connected' ? 1 : -1 })),
    Math.min,
  );
}
