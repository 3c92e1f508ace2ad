import type { ExperimentRecord } from '../journal/experiment-record.js';
import type { CallRecord, CommandRecord, ErrorRecord, MemberRecord, PhaseRecord, Report } from '../journal/model.js';

/** The keys of a record in the order of the file. The type makes a missing key a compiler error. */
type KeyOrder<T> = Readonly<Record<keyof T, true>>;

const reportKeys: KeyOrder<Report> = {
  schemaVersion: true,
  operation: true,
  instance: true,
  repository: true,
  runId: true,
  attempt: true,
  startedAt: true,
  ms: true,
  outcome: true,
  errors: true,
  pending: true,
  facts: true,
  phases: true,
  members: true,
  experiments: true,
  repetitions: true,
  warnings: true,
  commands: true,
  calls: true,
};
const errorKeys: KeyOrder<ErrorRecord> = {
  code: true,
  phase: true,
  message: true,
  hint: true,
  transient: true,
  evidence: true,
};
const phaseKeys: KeyOrder<PhaseRecord> = {
  name: true,
  title: true,
  startedAt: true,
  startedMs: true,
  ms: true,
  status: true,
  notes: true,
};
const memberKeys: KeyOrder<MemberRecord> = {
  name: true,
  node: true,
  ready: true,
  seed: true,
  restarts: true,
  image: true,
  cpu: true,
};
const experimentKeys: KeyOrder<ExperimentRecord> = {
  name: true,
  run: true,
  verdict: true,
  reason: true,
  assertions: true,
  facts: true,
  targets: true,
  measurement: true,
  putBack: true,
  timeline: true,
};
const commandKeys: KeyOrder<CommandRecord> = {
  tool: true,
  argv: true,
  why: true,
  startedMs: true,
  ms: true,
  code: true,
};
const callKeys: KeyOrder<CallRecord> = {
  api: true,
  method: true,
  path: true,
  why: true,
  startedMs: true,
  ms: true,
  status: true,
};

/** Returns the text of `report.json`, with keys in a fixed order so that two reports can be compared line by line. */
export function renderJson(report: Report): string {
  const ordered = {
    ...inOrder(report, reportKeys),
    errors: report.errors.map(error => inOrder(error, errorKeys)),
    phases: report.phases.map(phase => inOrder(phase, phaseKeys)),
    members: report.members.map(member => inOrder(member, memberKeys)),
    experiments: report.experiments.map(experiment => inOrder(experiment, experimentKeys)),
    commands: report.commands.map(command => inOrder(command, commandKeys)),
    calls: report.calls.map(call => inOrder(call, callKeys)),
  };
  // Put each attempt on one line instead of five: there can be thousands.
  const text = JSON.stringify(ordered, null, 2).replace(/\[\s+(\d+),\s+(\d+),\s+([01])\s+\]/g, '[$1, $2, $3]');
  return `${text}\n`;
}

function inOrder<T extends object>(record: T, keys: KeyOrder<T>): Partial<T> {
  const names = Object.keys(keys) as (keyof T)[];
  return Object.fromEntries(names.map(name => [name, record[name]])) as Partial<T>;
}
