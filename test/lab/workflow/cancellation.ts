/** A request to stop, which running work may observe. */
export interface Cancellation {
  readonly requested: boolean;
  request(): void;
  /** Calls back once, immediately when it was requested before. The returned function removes the callback. */
  onRequest(callback: () => void): () => void;
}

/** Creates a cancellation that is requested alone, or with each of the given ones. */
export function createCancellation(...above: readonly Cancellation[]): Cancellation {
  let requested = false;
  const callbacks = new Set<() => void>();
  const request = (): void => {
    if (requested) return;
    requested = true;
    for (const callback of [...callbacks]) callback();
  };
  for (const cancellation of above) cancellation.onRequest(request);
  return {
    get requested() {
      return requested;
    },
    request,
    onRequest(callback) {
      if (requested) callback();
      else callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
  };
}
