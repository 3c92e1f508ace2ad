import type { RunFacts } from '../runtime/ports.js';

/** Returns the URL of this run. Each attempt after the first has its own page. */
export function runUrl({ serverUrl, repository, runId, attempt }: RunFacts): string {
  const run = `${serverUrl}/${repository}/actions/runs/${runId}`;
  return attempt === '1' ? run : `${run}/attempts/${attempt}`;
}
