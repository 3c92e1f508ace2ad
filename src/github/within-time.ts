/**
 * Runs `body` with a signal that aborts after `ms` milliseconds, or with the reason of `outer` when that aborts first.
 * @throws what `body` throws, such as the error of the timeout.
 */
export async function withinTime<T>(
  ms: number,
  outer: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => {
    limit.abort(new Error(`GitHub did not respond within ${Math.round(ms / 1000)} s`));
  }, ms);
  try {
    return await body(AbortSignal.any([limit.signal, outer]));
  } finally {
    clearTimeout(timer);
  }
}
