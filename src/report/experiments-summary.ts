import { seriesOf, type SeriesValue, worstIn } from '../journal/client-series.js';
import { nameOfRun } from '../journal/experiment-numbers.js';
import type {
  AssertionRecord,
  ExperimentRecord,
  MeasurementRecord,
  MessagesRecord,
  Verdict,
} from '../journal/experiment-record.js';
import type { Report } from '../journal/model.js';
import { formatDuration } from '../runtime/duration.js';
import { renderGantt } from './gantt.js';
import { inline, limited, list, section, table } from './markdown.js';
import { vantagePoints } from './vantage-points.js';

const verdictLabels: Readonly<Record<Verdict, string>> = {
  pass: '✅ pass',
  fail: '❌ fail',
  aborted: '⛔ aborted',
  inconclusive: '❔ inconclusive',
  skipped: '⏭ skipped',
};

/** Returns a table of the experiments: verdict, numbers and reason. */
export function experimentsTable({ experiments }: Report): string {
  const rows = experiments.map(experiment => [
    inline(nameOfRun(experiment)),
    `**${verdictLabels[experiment.verdict]}**`,
    ...numbers(experiment.measurement),
    limited(experiment.reason),
  ]);
  return table(
    ['Experiment', 'Verdict', 'Outage', 'Degraded', 'Recovery', 'Available', 'Messages lost', 'Reason'],
    rows,
  );
}

/** Returns one block per experiment, so that `joinWithin` can omit a whole experiment. */
export function experimentDetails({ experiments }: Report): readonly string[] {
  return experiments.map(experiment =>
    section(
      `Experiment: ${inline(nameOfRun(experiment))}`,
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
  const { milestones: reached, messages } = measurement;
  const worst = (quantity: Parameters<typeof worstIn>[1], write: (found: SeriesValue) => string): string => {
    const found = worstIn(measurement, quantity);
    return found === undefined
      ? 'not measured'
      : `${write(found)}${found.name === 'connections' ? '' : ` (${found.name})`}`;
  };
  return [
    worst('outageMs', ({ value, record }) => `${formatDuration(value)} ± ${formatDuration(record.resolutionMs)}`),
    worst('degradedMs', ({ value }) => formatDuration(value)),
    reached.recoveryMs === null ? 'not observed' : formatDuration(reached.recoveryMs),
    worst('availability', ({ value }) => `${value} %`),
    lostMessages(messages),
  ];
}

function lostMessages(messages: MessagesRecord | undefined): string {
  if (messages === undefined || messages.readings === 0) return 'not measured';
  if (messages.notJudged !== undefined) return 'not judged';
  const unchecked = messages.unchecked > 0 ? `, ${messages.unchecked} not checked` : '';
  const diverged = messages.diverged > 0 ? `, ${messages.diverged} diverged` : '';
  return `${messages.lost} of ${messages.acked}${diverged}${unchecked}`;
}

const results: Readonly<Record<AssertionRecord['result'], string>> = {
  pass: 'met',
  fail: '**not met**',
  'not-measured': 'not measured',
};

function assertions(all: readonly AssertionRecord[]): string {
  return table(
    ['Limit', 'Required', 'Measured', 'Result'],
    all.map(({ name, limit, measured, result }) => [inline(name), inline(limit), limited(measured), results[result]]),
  );
}

const steps = {
  detectionMs: 'fault detected by the cluster',
  evictionMs: 'members terminating',
  rescheduledMs: 'replacements bound to nodes',
  readyMs: 'replacements Ready',
  answeringMs: 'replacements answering',
} as const;

function milestones(measurement: MeasurementRecord | undefined): string {
  if (measurement === undefined) return '';
  const reached = Object.entries(steps).map(([key, what]) => {
    const ms = measurement.milestones[key as keyof typeof steps];
    return `${what}: ${ms === null ? 'not observed' : formatDuration(ms)}`;
  });
  const { recoveryMs, recoveryFrom } = measurement.milestones;
  const recovery =
    recoveryMs === null ? 'not observed' : `${formatDuration(recoveryMs)} from the ${recoveryFrom ?? 'fault'}`;
  return list([
    `Time since the fault: ${reached.join(', ')}.`,
    `Recovery of the service: ${recovery}.`,
    ...faultTime(measurement),
    ...unavailability(measurement),
    ...slowConnections(measurement),
    ...vantagePoints(measurement),
    clients(measurement),
    ...memberLoad(measurement),
    ...latencies(measurement),
    ...(measurement.messages === undefined ? [] : [limited(measurement.messages.blindSpot)]),
    ...measurement.events.map(limited),
  ]);
}

const shown = {
  renewal: 'the last sign of life of a lost node',
  acceptance: 'the acceptance of the first removal of a member',
  failure: 'the first failure of a client',
  injection: 'the start of the injection',
} as const;

function faultTime({ fault }: MeasurementRecord): readonly string[] {
  if (fault === null) return [];
  const { atMs, uncertaintyMs, by, azureAcceptedMs } = fault;
  const azure =
    azureAcceptedMs === null ? '' : `; Azure had accepted the request at ${formatDuration(azureAcceptedMs)}`;
  return [
    `The fault took effect at ${formatDuration(atMs)} ± ${formatDuration(uncertaintyMs)}, as ${shown[by]} shows${azure}.`,
  ];
}

function unavailability(measurement: MeasurementRecord): readonly string[] {
  const parts = seriesOf(measurement).flatMap(({ name, record: { unavailableSeconds } }) =>
    unavailableSeconds === null ? [] : [`${name} ${unavailableSeconds} s`],
  );
  return parts.length === 0 ? [] : [`Unavailable in total: ${parts.join(', ')}.`];
}

function slowConnections({ probe: { slow } }: MeasurementRecord): readonly string[] {
  if (slow === 0) return [];
  return [
    `Connections that took 1 s or more: ${slow}. They are no outage; the first packet of each may have been lost.`,
  ];
}

function clients({
  clients: { wanted, opened, broken, hung, back, peakPerSecond, notMeasured },
}: MeasurementRecord): string {
  if (opened === null) return limited(`Connections opened before the fault: not measured, because ${notMeasured}.`);
  const lost = `Connections opened before the fault: ${opened} of ${wanted}, of which ${broken} were closed and ${hung} hung.`;
  if (back === null) return lost;
  const after = (ms: number | null): string => (ms === null ? 'never' : `after ${formatDuration(ms)}`);
  const shares = `50 % ${after(back.p50)}, 95 % ${after(back.p95)}, 99 % ${after(back.p99)}, all ${after(back.all)}`;
  return `${lost} These were connected again: ${shares}, with at most ${peakPerSecond} new connections in one second.`;
}

function memberLoad({ members }: MeasurementRecord): readonly string[] {
  if (members.length === 0) return [];
  const isRead = members.some(({ cpu }) => cpu.before !== null || cpu.after !== null);
  const millicores = (value: number | null): string => (value === null ? 'not read' : `${value}m`);
  const cpu = members.map(
    ({ name, cpu: { before, after } }) => `${name} ${millicores(before)} and ${millicores(after)}`,
  );
  const restarted = members.filter(({ restarts }) => restarts > 0).map(({ name, restarts }) => `${name} ${restarts}`);
  return [
    limited(
      `CPU of the members, the highest before the fault and since then: ${isRead ? cpu.join(', ') : 'not read'}.`,
    ),
    limited(`Restarts of their containers: ${restarted.length === 0 ? 'none' : restarted.join(', ')}.`),
  ];
}

function latencies({ probe: { latency } }: MeasurementRecord): readonly string[] {
  const parts = (['before', 'during', 'after'] as const).flatMap(phase => {
    const values = latency[phase];
    return values === null ? [] : [`${phase} ${values.p50}/${values.p95}/${values.p99} ms`];
  });
  return parts.length === 0 ? [] : [`Latency p50/p95/p99: ${parts.join(', ')}.`];
}

function facts({ facts: known, targets }: ExperimentRecord): string {
  return list([
    ...targets.map(({ node, uid, members }) => {
      const memberNames = members.map(({ name, seed }) => (seed ? `${name} (seed)` : name)).join(', ');
      return inline(`Target ${node}, UID ${uid}, with ${memberNames || 'no member'}.`);
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

/** What to do when an assertion fails, by its name. */
const remedies: Readonly<Record<string, string>> = {
  'fault-confirmed': 'The fault was not confirmed: check the responses of Azure and Kubernetes in the log of the step.',
  'max-outage':
    'No client could connect for too long: check which members were Ready at that time, and whether they share a node.',
  'max-degraded':
    'Some connections failed for too long: with `traffic-policy` Local the load balancer stops using a node after two failed health probes.',
  'min-availability':
    'Too many connections failed in total: compare the spans above with the states of nodes and members.',
  'max-recovery':
    'The recovery took too long: check whether a member was Pending because no node could take it, and increase `max-recovery` if it was only slow.',
  'max-lost':
    'Messages were lost after the cluster had accepted them: keep the logs of the members, and report the loss to the vendor.',
  'seen-unavailable':
    'The cluster accepted messages without a quorum of its seeds: check `seed-members` of the deployment.',
};

function advice({ assertions: all, measurement, putBack }: ExperimentRecord): string {
  const advices = all.filter(({ result }) => result === 'fail').map(({ name }) => remedies[name] ?? '');
  return list([
    ...advices.filter(text => text !== '').map(text => `**What to do:** ${inline(text)}`),
    ...[...(measurement?.doubts ?? []), ...(measurement?.messages?.doubts ?? [])].map(
      issue => `**Validity issue:** ${limited(issue)}`,
    ),
    ...(putBack?.did ?? []).map(limited),
    ...(putBack?.restorationMs === undefined
      ? []
      : [`Everything was as before ${formatDuration(putBack.restorationMs)} after the revert began.`]),
    ...(putBack?.left ?? []).map(left => `**Not reverted:** ${limited(left)}`),
  ]);
}
