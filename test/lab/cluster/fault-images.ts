/**
 * Images whose containers fail on every node of the lab, each with one fault, defined in the folder `stages`. Any other
 * image runs.
 */
export const faultImages = {
  /** ErrImagePull, after a second ImagePullBackOff. */
  neverPulls: 'migratorydata/server:does-not-exist',
  /** Exits with 1 after half a second, repeatedly: CrashLoopBackOff with a rising restart count. */
  crashes: 'migratorydata/server:crashing',
  /** CreateContainerConfigError: a Secret does not exist. */
  lacksSecret: 'migratorydata/server:missing-secret',
} as const;
