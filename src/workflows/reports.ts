import type { Report } from '../journal/model.js';
import type { LegReport } from './fold.js';

/**
 * Returns the report of each leg, from all reports of a run. When a leg was run again, the last report counts. Reports
 * of the checks before and the teardown after, which have the same instance, do not count; neither do files of other
 * formats.
 */
export function assignReports(instances: readonly string[], texts: readonly string[]): readonly LegReport[] {
  const reports = texts.map(parseReport).filter(report => report !== undefined);
  return instances.map(instance => {
    const own = reports.filter(report => report.operation === 'e2e' && report.instance === instance);
    return { instance, report: own.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)).at(-1) };
  });
}

function parseReport(text: string): Report | undefined {
  try {
    const parsed = JSON.parse(text) as Partial<Report> | null;
    const isReport = Array.isArray(parsed?.phases) && Array.isArray(parsed.experiments) && Array.isArray(parsed.errors);
    return isReport ? (parsed as Report) : undefined;
  } catch {
    return undefined;
  }
}
