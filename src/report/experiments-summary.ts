import type {
  AssertionRecord,
  ExperimentRecord,
  MeasurementRecord,
  MessagesRecord,
  Verdict,
} from '../journal/experiment-record.js';
import type { Report } from '../journal/model.js';
import { formatDuration } from '../runtime/duration.js';
import { clipEnd } from '../runtime/text.js';
import { renderGantt } from './gantt.js';
import { inline, list, section, table } from './markdown.js';

const textLimit = 500;

const words: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  aborted: '⛔ aborted',
  inconclusive: '❔ inconclusive',
  skipped: '⏭ skipped',
};

/** The experiments at a glance: the verdict of each with its reason and its numbers. */
export function experimentsTable({ experiments }: Report): string {
  const rows = experiments.map(({ name, verdict, reason, measurement }) => [
    inline(name),
    `**${words[verdict]}**`,
    ...numbers(measurement),
    limited(reason),
  ]);
  return table(
    ['Experiment', 'Verdict', 'Outage', 'Degraded', 'Recovery', 'Available', 'Messages lost', 'Reason'],
    rows,
  );
}

/** One block for each experiment, so that a long one is left out as a whole where the page is full. */
export function experimentDetails({ experiments }: Report): readonly string[] {
  return experiments.map(experiment =>
    section(
      `Experiment: ${inline(experiment.name)}`,
      renderGantt(experiment),
      assertions(experiment.assertions),
      milestones(experiment.measurement),
      facts(experiment),
      advice(experiment),
    ),
  );
}

function numbers(measurement: MeasurementRecord | undefined): readonly string[] {
  if (measurement === undefined) return ['', '', '', '', ''];
  const { probe, milestones: reached, messages, resolutionMs } = measurement;
  const seen = (text: string): string => (probe.attempts === 0 ? 'not measured' : text);
  const share = probe.degradedMs > 0 ? ` (${Math.round(probe.degradedShare * 100)} % failed)` : '';
  return [
    seen(`${formatDuration(probe.outageMs)} ± ${formatDuration(resolutionMs)}`),
    seen(`${formatDuration(probe.degradedMs)}${share}`),
    reached.recoveryMs === null ? 'not seen' : formatDuration(reached.recoveryMs),
    seen(`${probe.availability} %`),
    lost(messages),
  ];
}

function lost(messages: MessagesRecord | undefined): string {
  if (messages === undefined || messages.readings === 0) return 'not measured';
  const unchecked = messages.unchecked > 0 ? `, ${messages.unchecked} not checked` : '';
  return `${messages.lost} of ${messages.acked}${unchecked}`;
}

const results: Readonly<Record<AssertionRecord['result'], string>> = {
  pass: 'met',
  fail: '**broken**',
  'not-measured': 'not measured',
};

function assertions(all: readonly AssertionRecord[]): string {
  return table(
    ['Limit', 'Wanted', 'Measured', 'Result'],
    all.map(({ name, limit, measured, result }) => [inline(name), inline(limit), limited(measured), results[result]]),
  );
}

const steps = {
  detectionMs: 'noticed by the cluster',
  evictionMs: 'members on their way out',
  rescheduledMs: 'replacements bound to nodes',
  readyMs: 'replacements Ready',
  answeringMs: 'answering with them in service',
  recoveryMs: 'recovered',
} as const;

function milestones(measurement: MeasurementRecord | undefined): string {
  if (measurement === undefined) return '';
  const reached = Object.entries(steps).map(([key, what]) => {
    const ms = measurement.milestones[key as keyof typeof steps];
    return `${what}: ${ms === null ? 'not seen' : formatDuration(ms)}`;
  });
  return list([
    `Since the fault: ${reached.join(', ')}.`,
    sessions(measurement),
    ...latencies(measurement),
    ...measurement.events.map(limited),
  ]);
}

function sessions({ sessions: { opened, broken, hung } }: MeasurementRecord): string {
  return opened === null
    ? 'Connections that were open: not measured.'
    : `Connections that were open: ${opened}, of which ${broken} were closed and ${hung} hung.`;
}

function latencies({ probe: { latency } }: MeasurementRecord): readonly string[] {
  const told = (['before', 'during', 'after'] as const).flatMap(phase => {
    const values = latency[phase];
    return values === null ? [] : [`${phase} ${values.p50}/${values.p95}/${values.p99} ms`];
  });
  return told.length === 0 ? [] : [`Latency p50/p95/p99: ${told.join(', ')}.`];
}

function facts({ facts: known, targets }: ExperimentRecord): string {
  return list([
    ...targets.map(({ node, uid, members }) => {
      const held = members.map(({ name, seed }) => (seed ? `${name} (seed)` : name)).join(', ');
      return inline(`Target ${node}, UID ${uid}, holding ${held || 'no member'}.`);
    }),
    ...(Object.keys(known).length === 0
      ? []
      : [
          limited(
            Object.entries(known)
              .map(([key, value]) => `${key.replace(/[A-Z]/g, upper => ` ${upper.toLowerCase()}`)}: ${value}`)
              .join(', '),
          ),
        ]),
  ]);
}

/** What to do, by the limit that was broken. */
const remedies: Readonly<Record<string, string>> = {
  'fault-confirmed': 'The fault did not take hold: see what Azure or Kubernetes said in the log of the step.',
  'max-outage':
    'No client could connect for too long: see which members were Ready then, and whether they share a node.',
  'max-degraded':
    'A part of the connections failed for too long: with `traffic-policy` Local the load balancer stops using a node after two failed health probes.',
  'min-availability':
    'Too many connections failed in all: compare the spans above with the states of nodes and members.',
  'max-recovery':
    'The members took too long: look for one that was Pending for want of a node, and raise `max-recovery` if it is merely slow.',
  'max-lost':
    'Messages were lost after the cluster had accepted them: keep the logs of the members, and report it to the vendor.',
  'seen-unavailable':
    'The cluster accepted messages without a quorum of its seeds: check `seed-members` of the deployment.',
};

function advice({ assertions: all, measurement, putBack }: ExperimentRecord): string {
  const broken = all.filter(({ result }) => result === 'fail').map(({ name }) => remedies[name] ?? '');
  return list([
    ...broken.filter(text => text !== '').map(text => `**What to do:** ${inline(text)}`),
    ...[...(measurement?.doubts ?? []), ...(measurement?.messages?.doubts ?? [])].map(
      doubt => `**Doubt:** ${limited(doubt)}`,
    ),
    ...(putBack?.did ?? []).map(limited),
    ...(putBack?.left ?? []).map(left => `**Left:** ${limited(left)}`),
  ]);
}

function limited(text: string): string {
  return inline(clipEnd(text, textLimit));
}
