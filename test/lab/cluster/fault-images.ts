/**
 * Images whose containers fail on every node of the lab, each in one way; what they do is in the folder `stages`. Any
 * other image runs.
 */
export const faultImages = {
  /** ErrImagePull, after a second ImagePullBackOff. */
  neverPulls: 'migratorydata/server:does-not-exist',
  /** Exits with 1 after half a second, over and over: CrashLoopBackOff with a rising restart count. */
  crashes: 'migratorydata/server:crashing',
  /** CreateContainerConfigError: a Secret is not there. */
  lacksSecret: 'migratorydata/server:missing-secret',
} as const;
