/**
 * Returns `work` so that it runs once for all callers that call it while it runs. When the caller that started it
 * cancels, another one starts it again: a cancelled caller does not fail the others.
 */
export function shareWork<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let running: { readonly result: Promise<T>; readonly signal: AbortSignal } | undefined;

  const start = (signal: AbortSignal): NonNullable<typeof running> => {
    const result = work(signal).finally(() => {
      running = undefined;
    });
    running = { result, signal };
    return running;
  };

  return async signal => {
    for (;;) {
      const current = running ?? start(signal);
      try {
        return await current.result;
      } catch (error) {
        if (signal.aborted || !current.signal.aborted) throw error;
      }
    }
  };
}
