import type { Context } from './context.js';

/**
 * Returns the identity of this step in locks. Attempts of one run, and jobs that share an instance, run one after
 * another.
 */
export function holderOf({ ports, journal }: Context): string {
  const { repository, runId } = ports.run;
  return `${repository}/${runId}/${journal.report.instance}`;
}
