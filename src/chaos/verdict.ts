import { seriesOf, type SeriesValue, worstIn } from '../journal/client-series.js';
import type {
  AssertionRecord,
  ExperimentRecord,
  LimitsRecord,
  MeasurementRecord,
  Verdict,
} from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import { withoutPeriod } from '../runtime/text.js';
import type { Proof } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';

/** The evidence for a verdict. */
export interface VerdictInput {
  readonly name: ExperimentName;
  readonly limits: LimitsRecord;
  /** True when the experiment makes the service unavailable on purpose. */
  readonly unavailable: boolean;
  readonly proof: Proof;
  /** Whether the injection was stopped between its steps; the detail of the proof says why. */
  readonly stopped?: boolean;
  readonly measurement: MeasurementRecord;
  /** True when nodes and members are back and the service has recovered. */
  readonly recovered: boolean;
  /** The number of messages that were accepted while the fault was held. */
  readonly acceptedUnderFault: number;
}

export type Judgement = Pick<ExperimentRecord, 'verdict' | 'reason' | 'assertions'>;

/** From the best to the worst. */
const severity: readonly Verdict[] = ['skipped', 'pass', 'inconclusive', 'aborted', 'fail'];

/** Returns the verdict of a run: the worst of its experiments, or `inconclusive` if none was carried out. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst = severity[Math.max(0, ...verdicts.map(verdict => severity.indexOf(verdict)))];
  return worst === undefined || worst === 'skipped' ? 'inconclusive' : worst;
}

/**
 * Returns the verdict on an experiment. Inconclusive comes first, because numbers have no value when the fault is not
 * proven or the runner had problems; a fault that was stopped in the middle needs no proof. Validity issues of messages come last, because they do not affect the other
 * numbers. A limit that was not measured is neither met nor exceeded.
 */
export function judge(evidence: VerdictInput): Judgement {
  const { proof, stopped = false, measurement, unavailable } = evidence;
  const assertions = [
    faultAssertion(proof, stopped),
    ...(unavailable ? [unavailabilityAssertion(evidence)] : clientAssertions(evidence)),
    recoveryAssertion(evidence),
    lossAssertion(evidence),
  ];
  const failed = assertions.filter(({ result }) => result === 'fail');
  const cut = stopped ? [`The injection was stopped: ${lowerFirst(proof.detail)}`] : [];
  const issues = [
    ...(proof.confirmed || stopped ? [] : [`the fault is not proven: ${lowerFirst(proof.detail)}`]),
    ...(unavailable && failed.some(({ name }) => name === 'seen-unavailable')
      ? ['messages were accepted without a quorum, so this control experiment proves nothing']
      : []),
    ...measurement.doubts,
  ];
  const inconclusive = (reasons: readonly string[]): Judgement => ({
    verdict: 'inconclusive',
    reason: sentence([`No conclusion is possible because ${reasons.join(', and ')}`]),
    assertions,
  });
  if (issues.length > 0) return inconclusive(issues);
  if (failed.length > 0) {
    const failures = failed.map(({ name, measured, limit }) => `${quantityOf(name)}: ${measured}, but ${limit}`);
    return { verdict: 'fail', reason: sentence([...cut, ...failures, ...describeJudged(evidence)]), assertions };
  }
  if (stopped) return { verdict: 'aborted', reason: sentence(cut), assertions };
  // After failed assertions: a cluster that does not recover cannot be read either, and that must not hide the failure.
  const messageIssues = [
    ...(measurement.messages?.acked === 0 && !unavailable ? ['no message was accepted'] : []),
    ...(measurement.messages?.notJudged === undefined ? (measurement.messages?.doubts ?? []) : []),
  ];
  if (messageIssues.length > 0) return inconclusive(messageIssues);
  return {
    verdict: 'pass',
    reason: sentence([
      ...assertions.filter(isReported).map(({ name, measured, limit }) => `${quantityOf(name)} ${measured} (${limit})`),
      ...describeJudged(evidence),
    ]),
    assertions,
  };
}

/** Returns the quantity that an assertion limits: its name without the prefix of the input. */
function quantityOf(name: string): string {
  return name.replace(/^(max|min)-/, '');
}

function isReported({ result, name }: AssertionRecord): boolean {
  return result === 'pass' && name !== 'fault-confirmed';
}

function faultAssertion({ confirmed, detail }: Proof, stopped: boolean): AssertionRecord {
  return {
    name: 'fault-confirmed',
    limit: 'must be observed',
    measured: detail,
    result: confirmed ? 'pass' : stopped ? 'not-measured' : 'fail',
  };
}

/** Each limit is held against the series that is the worst in it. */
function clientAssertions({ limits, measurement }: VerdictInput): readonly AssertionRecord[] {
  const atMost = (name: string, limitMs: number, worst: SeriesValue | undefined, more = ''): AssertionRecord => ({
    name,
    limit: `at most ${formatDuration(limitMs)}`,
    ...(worst === undefined
      ? notMeasured
      : {
          measured: `${formatDuration(worst.value)} for ${worst.name}${more}, resolution ${formatDuration(worst.record.resolutionMs)}`,
          result: worst.value <= limitMs ? 'pass' : 'fail',
        }),
  });
  const degraded = worstIn(measurement, 'degradedMs');
  const unavailable = degraded?.record.unavailableSeconds ?? 0;
  const sum = unavailable > 0 ? `, ${rounded(unavailable)} s unavailable in total` : '';
  const availability = worstIn(measurement, 'availability');
  const { slow } = measurement.probe;
  const slowly = slow > 0 ? ` (${slow} connections took 1 s or more)` : '';
  return [
    atMost('max-outage', limits.maxOutageMs, worstIn(measurement, 'outageMs'), slowly),
    atMost('max-degraded', limits.maxDegradedMs, degraded, sum),
    {
      name: 'min-availability',
      limit: `at least ${limits.minAvailability} %`,
      ...(availability === undefined
        ? notMeasured
        : {
            measured: `${availability.value} % of ${availability.name} in the worst 2 minutes`,
            result: availability.value >= limits.minAvailability ? 'pass' : 'fail',
          }),
    },
  ];
}

const notMeasured = { measured: 'not measured', result: 'not-measured' } as const;

/** Returns which series were judged: without messages, a pass says nothing about them. */
function describeJudged({ measurement, unavailable }: VerdictInput): readonly string[] {
  if (unavailable) return [];
  const judged = seriesOf(measurement).map(({ name }) => name);
  const only = judged.length === 1 ? ' only, because no messages were sent' : '';
  return [`judged by ${judged.join(', ')}${only}`];
}

/** The control experiment must show that no message is accepted without a quorum. */
function unavailabilityAssertion({ measurement: { messages }, acceptedUnderFault }: VerdictInput): AssertionRecord {
  const notAccepted = (messages?.refused ?? 0) + (messages?.unclear ?? 0);
  return {
    name: 'seen-unavailable',
    limit: 'no message may be accepted without a quorum',
    measured: `${acceptedUnderFault} accepted, ${notAccepted} not`,
    result: acceptedUnderFault === 0 && notAccepted > 0 ? 'pass' : 'fail',
  };
}

function recoveryAssertion({ limits, measurement, recovered }: VerdictInput): AssertionRecord {
  const { recoveryMs, recoveryFrom } = measurement.milestones;
  const limit = `at most ${formatDuration(limits.maxRecoveryMs)}`;
  const observed = recovered && recoveryMs !== null;
  return {
    name: 'max-recovery',
    limit,
    measured: observed
      ? `${formatDuration(recoveryMs)} from the ${recoveryFrom ?? 'fault'}`
      : 'not recovered in that time',
    result: observed && recoveryMs <= limits.maxRecoveryMs ? 'pass' : 'fail',
  };
}

/**
 * Without messages or without a reading of them, the result is `not-measured`, which is not the same as no loss. A
 * message that only some members have is lost for the clients of the others.
 */
function lossAssertion({ limits, measurement: { messages } }: VerdictInput): AssertionRecord {
  const limit = `at most ${limits.maxLost}`;
  if (messages === undefined || messages.readings === 0) {
    return { name: 'max-lost', limit, measured: 'message loss not measured', result: 'not-measured' };
  }
  const { lost, unchecked, acked, stale, diverged, duplicated, reordered, doubts, notJudged } = messages;
  if (notJudged !== undefined) {
    return { name: 'max-lost', limit, measured: `message loss not judged: ${notJudged}`, result: 'not-measured' };
  }
  const missing = lost + diverged;
  const details = [
    ...(diverged > 0 ? [`${diverged} different on two members`] : []),
    ...(stale > 0 ? [`${stale} absent for some time`] : []),
    ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
    ...(duplicated > 0 ? [`${duplicated} twice`] : []),
    ...(reordered > 0 ? [`${reordered} out of order`] : []),
  ];
  return {
    name: 'max-lost',
    limit,
    measured: `${lost} of ${acked} accepted messages${details.length > 0 ? `, ${details.join(', ')}` : ''}`,
    // What is proven counts even if the rest is unknown.
    result: missing > limits.maxLost ? 'fail' : doubts.length > 0 ? 'not-measured' : 'pass',
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function sentence(parts: readonly string[]): string {
  const text = withoutPeriod(parts.join('; '));
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lowerFirst(text: string): string {
  return withoutPeriod(`${text.charAt(0).toLowerCase()}${text.slice(1)}`);
}
