import type { RunFacts } from '../runtime/ports.js';

/** Where people see this run; a later attempt has a page of its own. */
export function runUrl({ serverUrl, repository, runId, attempt }: RunFacts): string {
  const run = `${serverUrl}/${repository}/actions/runs/${runId}`;
  return attempt === '1' ? run : `${run}/attempts/${attempt}`;
}
