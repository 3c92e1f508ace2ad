import type { Report } from '../../../src/journal/model.js';
import { someExperiment, someInside, someMeasurement, someTimeline } from '../report/experiment-sample.js';
import { fullReport, phase } from '../report/samples.js';

/** Fields whose words the code chooses from a list; everything else in a report may come from outside. */
const closed = new Set([
  ...['outcome', 'status', 'verdict', 'result', 'kind', 'state', 'api', 'method', 'schemaVersion'],
  ...['by', 'recoveryFrom'],
]);

const { probe } = someMeasurement();
const reports = new Map<string, Report>();

/** A report in which every text is this one, the names of facts included. It is made once for each text. */
export function reportOf(text: string): Report {
  const report = reports.get(text) ?? poisoned(text);
  reports.set(text, report);
  return report;
}

function poisoned(text: string): Report {
  const sample = fullReport({
    pending: ['x', 'x'],
    phases: [phase('a', 'x', 'failed', 0, 1, ['x', 'x']), phase('b', 'x', 'skipped', 1)],
    experiments: [
      someExperiment({
        measurement: someMeasurement({
          ...{ events: ['x'], doubts: ['x'], inside: someInside },
          failedAt: { runner: 0, loadBalancer: 1, node: 0, member: 0, unknown: 0 },
          answers: [
            { ...probe, name: 'x' },
            { ...probe, name: 'x', attempts: 0, outageMs: null, notAsked: { attempts: 1, reason: 'x' } },
          ],
        }),
        putBack: { done: false, did: ['x'], left: ['x'] },
        timeline: someTimeline,
      }),
    ],
  });
  return { ...(poison(sample, text) as Report), facts: { Kubernetes: text, [text]: text } };
}

function poison(value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (Array.isArray(value)) return value.map(item => poison(item, text));
  if (typeof value !== 'object' || value === null) return value;
  // The moments are looked up by name.
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [
      key,
      closed.has(key) || key === 'moments' ? item : poison(item, text),
    ]),
  );
}
