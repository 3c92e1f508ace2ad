/** One attempt of a probe. Times are milliseconds from t0. */
export interface Attempt {
  /** When it was due; the stamp that counts, however late it began. */
  readonly atMs: number;
  /** Until the answer or the failure; 0 while it is pending. */
  readonly ms: number;
  readonly ok: boolean;
  /** Empty when it succeeded. */
  readonly failure: string;
  /** It failed for want of something on the runner, such as file descriptors or ports; that says nothing of the cluster. */
  readonly local: boolean;
}
