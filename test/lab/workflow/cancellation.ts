/** A request to stop, which what is under way may hear. */
export interface Cancellation {
  readonly requested: boolean;
  request(): void;
  /** Calls back once, at once when it was requested before; the answer takes the callback away. */
  onRequest(callback: () => void): () => void;
}

/** A cancellation that is requested with each of the given ones, or alone. */
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
