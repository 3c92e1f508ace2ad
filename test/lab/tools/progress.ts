/** Takes one line for a person who waits. */
export type Progress = (line: string) => void;

const reportEveryMs = 10_000;

/** `75 s` or `2 min 5 s`. */
function describeSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs `work` and reports its progress: at the start, every 10 seconds with the elapsed time and its state, and at the
 * end.
 */
export async function reportWhile<T>(
  progress: Progress,
  what: string,
  work: () => Promise<T>,
  howFar = (): string => '',
): Promise<T> {
  const startedMs = performance.now();
  const elapsed = (): string => describeSeconds(performance.now() - startedMs);
  progress(what);
  const timer = setInterval(() => {
    progress([`${what}: ${elapsed()}`, howFar()].filter(text => text !== '').join(', '));
  }, reportEveryMs);
  try {
    const result = await work();
    progress(`${what}: done in ${elapsed()}`);
    return result;
  } catch (error) {
    progress(`${what}: failed after ${elapsed()}`);
    throw error;
  } finally {
    clearInterval(timer);
  }
}
