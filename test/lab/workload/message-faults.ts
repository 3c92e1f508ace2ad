/** What happens to a message that the cluster has accepted; every one of these is answered OK. */
export type Fate = 'stored' | 'dropped' | 'duplicated' | 'reordered';

/** Faults on purpose. `everyNth: 10` hits the 10th, 20th... message; `when` hits the messages it says true for. */
export interface FaultSelection {
  readonly everyNth?: number;
  readonly when?: (subject: string, content: string) => boolean;
}

export interface MessageFaults {
  /** Acknowledged, then lost. */
  readonly drop?: FaultSelection;
  /** Delivered twice with one epoch and sequence number, as after a failover. */
  readonly duplicate?: FaultSelection;
  /** Held back until three more messages of any subject were stored, or for two seconds when fewer come. */
  readonly reorder?: FaultSelection;
}

/** Decides the fate of the `count`th accepted message (1 is the first). Dropping wins over the others. */
export function fateOf(faults: MessageFaults, count: number, subject: string, content: string): Fate {
  const hit = (selection: FaultSelection | undefined): boolean =>
    selection !== undefined &&
    ((selection.everyNth !== undefined && count % selection.everyNth === 0) ||
      selection.when?.(subject, content) === true);
  if (hit(faults.drop)) return 'dropped';
  if (hit(faults.duplicate)) return 'duplicated';
  return hit(faults.reorder) ? 'reordered' : 'stored';
}
