/** The fate of a message that the cluster has accepted; the response is OK for all of them. */
export type Fate = 'stored' | 'dropped' | 'duplicated' | 'reordered';

/**
 * Injected faults. `everyNth: 10` affects the 10th, 20th... message; `when` affects the messages for which it returns
 * true.
 */
export interface FaultSelection {
  readonly everyNth?: number;
  readonly when?: (subject: string, content: string) => boolean;
}

export interface MessageFaults {
  /** Acknowledged, then lost. */
  readonly drop?: FaultSelection;
  /** Delivered twice with one epoch and sequence number, as after a failover. */
  readonly duplicate?: FaultSelection;
  /** Held until three more messages of any subject were stored, or for two seconds when there are fewer. */
  readonly reorder?: FaultSelection;
}

/** Returns the fate of the `count`th accepted message (1 is the first). Dropping has priority. */
export function fateOf(faults: MessageFaults, count: number, subject: string, content: string): Fate {
  const hit = (selection: FaultSelection | undefined): boolean =>
    selection !== undefined &&
    ((selection.everyNth !== undefined && count % selection.everyNth === 0) ||
      selection.when?.(subject, content) === true);
  if (hit(faults.drop)) return 'dropped';
  if (hit(faults.duplicate)) return 'duplicated';
  return hit(faults.reorder) ? 'reordered' : 'stored';
}
