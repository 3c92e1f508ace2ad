/**
 * Limits for an experiment whose verdict must be `pass`: only an injected fault can exceed them. On a busy machine some
 * connections fail and some attempts of the probe are late without any fault, so the defaults of the action are too
 * tight here. A scenario that tests one of these limits sets it itself, far below the fault that must exceed it.
 */
export const generousLimits = {
  'max-outage': '1m',
  'max-degraded': '10m',
  /** No time is spent on measuring it. */
  'min-availability': '0',
  /** The verdict is inconclusive when an attempt is late by more than this plus half a second. */
  'probe-interval': '500ms',
} as const;

/** The timeout of a scenario or a hook, in milliseconds. It only stops hangs: it is longer than any wait in them. */
export const hangMs = 600_000;
