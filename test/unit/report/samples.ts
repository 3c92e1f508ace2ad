import { type Outcome, type Report, schemaVersion } from '../../../src/journal/model.js';
import { someExperiment, someRepetition } from './experiment-sample.js';

/** A report of a step that has just started. */
export function emptyReport(changes: Partial<Report> = {}): Report {
  return {
    schemaVersion,
    operation: 'deploy',
    instance: 'check-0',
    repository: 'acme/shop',
    runId: '4711',
    attempt: '1',
    startedAt: '2026-01-01T00:00:00.000Z',
    ms: 0,
    facts: {},
    phases: [],
    members: [],
    experiments: [],
    warnings: [],
    errors: [],
    pending: [],
    commands: [],
    calls: [],
    ...changes,
  };
}

/** A report with content in all sections. */
export function fullReport(changes: Partial<Report> = {}): Report {
  return emptyReport({
    operation: 'e2e',
    ms: 725_000,
    outcome: 'failure',
    facts: { Cluster: 'aks-migratorydata', Address: 'http://20.1.2.3' },
    phases: [
      phase('preflight', 'Check tools and quota', 'passed', 0, 3200),
      phase('deploy', 'Deploy MigratoryData', 'failed', 3200, 65_000, ['applied 5 objects']),
      phase('teardown', 'Delete the cluster', 'skipped', 68_200),
    ],
    members: [
      { name: 'migratorydata-0', node: 'aks-1', ready: true, seed: true, restarts: 0, image: 'm/server:6', cpu: '12m' },
      { name: 'migratorydata-1', node: 'aks-2', ready: false, seed: true, restarts: 4, image: 'm/server:6' },
    ],
    experiments: [someExperiment({ reason: 'Recovery took 200 s, the limit is 180 s.', facts: { evicted: 1 } })],
    repetitions: [someRepetition()],
    warnings: ['source-ranges is empty: everyone may connect.'],
    errors: [
      {
        code: 'crash-loop',
        message: 'Member migratorydata-1 ended 4 times.',
        hint: 'Read its last log lines.',
        transient: false,
        evidence: 'line 1\nUnrecognized VM option\n',
        phase: 'deploy',
      },
    ],
    pending: ['cluster aks-migratorydata in resource group rg is not deleted yet'],
    commands: [command('az'), command('az'), command('kubectl')],
    calls: [
      {
        api: 'kubernetes',
        method: 'PATCH',
        path: '/api/v1/namespaces/m',
        why: 'apply',
        startedMs: 10,
        ms: 6,
        status: 200,
      },
    ],
    ...changes,
  });
}

export const everyOutcome: readonly (Outcome | undefined)[] = [
  undefined,
  'success',
  'failure',
  'cancelled',
  'timed-out',
  'dry-run',
];

/** A full report with an outcome; undefined removes the key, as in the journal of a running step. */
export function reportThat(outcome: Outcome | undefined): Report {
  const report = fullReport();
  if (outcome === undefined) delete report.outcome;
  else report.outcome = outcome;
  return report;
}

export function phase(
  name: string,
  title: string,
  status: Report['phases'][number]['status'],
  startedMs: number,
  ms?: number,
  notes: string[] = [],
): Report['phases'][number] {
  const startedAt = new Date(Date.UTC(2026, 0, 1) + startedMs).toISOString();
  return { name, title, startedAt, startedMs, status, notes, ...(ms === undefined ? {} : { ms }) };
}

function command(tool: string): Report['commands'][number] {
  return { tool, argv: ['version'], why: 'find its version', startedMs: 1, ms: 20, code: 0 };
}
