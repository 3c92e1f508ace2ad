/**
 * Limits for an experiment whose verdict must be `pass`: only an injected fault can break them. On a busy machine some
 * connections fail and attempts of the probe are late without any fault, so the defaults of the action are too tight
 * here. A scenario that is about one of these limits sets that limit itself, far below the fault that must break it.
 */
export const generousLimits = {
  'max-outage': '1m',
  'max-degraded': '10m',
  'min-availability': '10',
  /** The verdict is inconclusive when an attempt is late by half a second more than this. */
  'probe-interval': '500ms',
} as const;

/** The same for the public workflows, in which a number is no text. */
export const generousCallLimits = { ...generousLimits, 'min-availability': Number(generousLimits['min-availability']) };

/** A guard against hanging only, of a scenario or a hook, in milliseconds: longer than any wait in them. */
export const hangMs = 600_000;
