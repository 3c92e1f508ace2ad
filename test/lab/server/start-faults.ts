/** What a server does wrong from its start. */
export interface StartFault {
  /** Milliseconds until it listens. */
  readonly startMs?: number;
  /** Its last words; it exits with 1. */
  readonly exitsAfter?: string;
  /** It runs, and never listens for clients. */
  readonly isDeaf?: true;
  /** Megabytes that it takes each second and never gives back. */
  readonly leaksPerSecond?: number;
}

/** The environment variable with which an image names its fault. */
export const faultVariable = 'LAB_FAULT';

/** By the tag of the image that has the fault, such as `migratorydata/server:crashing`. */
export const startFaults: Readonly<Record<string, StartFault>> = {
  crashing: { exitsAfter: 'ERROR The license key is not valid' },
  deaf: { isDeaf: true },
  leaking: { isDeaf: true, leaksPerSecond: 200 },
  slow: { startMs: 20_000 },
};
