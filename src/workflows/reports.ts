import type { Report } from '../journal/model.js';
import type { LegReport } from './fold.js';

/**
 * Finds the report of each leg among those of a run. A leg that was run again has several: the last one counts. The checks
 * before it and the teardown after it have the same instance and do not count, nor does what is no report of ours.
 */
export function assignReports(instances: readonly string[], texts: readonly string[]): readonly LegReport[] {
  const reports = texts.map(readReport).filter(report => report !== undefined);
  return instances.map(instance => {
    const own = reports.filter(report => report.operation === 'e2e' && report.instance === instance);
    return { instance, report: own.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).at(-1) };
  });
}

function readReport(text: string): Report | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Report> | null;
    const known = Array.isArray(parsed?.phases) && Array.isArray(parsed.experiments) && Array.isArray(parsed.errors);
    return known ? (parsed as Report) : undefined;
  } catch {
    return undefined;
  }
}
