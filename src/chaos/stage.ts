import type { Way } from './measurement/way.js';
import type { Mark } from './putback/mark.js';
import type { RestoreEnv } from './putback/restore.js';
import type { Found, Scene } from './scene.js';

/** Where an experiment is run: its scene, and what measuring and putting back need besides. */
export interface Stage extends Scene {
  /** The cluster in Azure, for whoever puts it back from elsewhere. */
  readonly cluster: Mark['cluster'];
  /** The way of a client, which avoids the nodes that are about to be disturbed. */
  wayTo(found: Found, targets: readonly string[]): Way;
  /** Records that a mark may be in the cluster, before it is written; gives the function that takes the record back. */
  guard(): () => void;
}

/** Putting back goes on when the forward work has ended, so it has a signal of its own. */
export function envOf(
  { api, members, machines, limits, note }: Stage,
  timeoutMs: number,
  started: RestoreEnv['started'],
): RestoreEnv {
  const signal = AbortSignal.timeout(timeoutMs);
  return { api: api.withSignal(signal), members, machines: machines?.withSignal(signal), limits, note, started };
}
