import type { AssertionRecord, ExperimentRecord, MeasurementRecord, Verdict } from '../journal/experiment-record.js';
import { formatDuration } from '../runtime/duration.js';
import type { Proof } from './experiment.js';
import type { ExperimentName } from './experiments/index.js';
import type { ChaosLimits } from './settings.js';

/** What is judged. */
export interface VerdictInput {
  readonly name: ExperimentName;
  readonly limits: ChaosLimits;
  /** Clients were meant to see nothing work. */
  readonly unavailable: boolean;
  readonly proof: Proof;
  readonly measurement: MeasurementRecord;
  /** Whether all members were Ready and the probe clean within the time for it. */
  readonly recovered: boolean;
  /** Messages that were accepted while the fault was held. */
  readonly acceptedUnderFault: number;
}

export type Judgement = Pick<ExperimentRecord, 'verdict' | 'reason' | 'assertions'>;

/** From the least bad to the worst. */
const severity: readonly Verdict[] = ['skipped', 'pass', 'inconclusive', 'aborted', 'fail'];

/** The worst of several verdicts; without any there is none to give. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  const worst = Math.max(0, ...verdicts.map(verdict => severity.indexOf(verdict)));
  return severity[worst] ?? 'skipped';
}

/**
 * The verdict on an experiment. Inconclusive comes first: a fault without proof, or a runner in trouble, makes a number
 * worth nothing, whether it is good or bad. Doubts about messages come last: they say nothing against the other numbers.
 * What was not measured is neither met nor broken.
 */
export function judge(evidence: VerdictInput): Judgement {
  const { proof, measurement, unavailable } = evidence;
  const assertions = [
    confirmedBy(proof),
    ...(unavailable ? [seenUnavailable(evidence)] : clientLimits(evidence)),
    recovery(evidence),
    loss(evidence),
  ];
  const broken = assertions.filter(({ result }) => result === 'fail');
  const doubts = [
    ...(proof.confirmed ? [] : [`the fault is not proven: ${lowerFirst(proof.detail)}`]),
    ...(unavailable && broken.some(({ name }) => name === 'seen-unavailable')
      ? ['messages were accepted without a quorum, so this control shows nothing']
      : []),
    ...measurement.doubts,
  ];
  const inconclusive = (why: readonly string[]): Judgement => ({
    verdict: 'inconclusive',
    reason: sentence([`Nothing can be said, since ${why.join(', and ')}`]),
    assertions,
  });
  if (doubts.length > 0) return inconclusive(doubts);
  if (broken.length > 0) {
    const told = broken.map(({ name, measured, limit }) => `${quantityOf(name)}: ${measured}, but ${limit}`);
    return { verdict: 'fail', reason: sentence([told.join('; ')]), assertions };
  }
  // A cluster that never answers again is read no more either: these doubts must not hide what it broke.
  const aboutMessages = [
    ...(measurement.messages?.acked === 0 && !unavailable ? ['no message was accepted at all'] : []),
    ...(measurement.messages?.doubts ?? []),
  ];
  if (aboutMessages.length > 0) return inconclusive(aboutMessages);
  return {
    verdict: 'pass',
    reason: sentence(
      assertions.filter(isTold).map(({ name, measured, limit }) => `${quantityOf(name)} ${measured} (${limit})`),
    ),
    assertions,
  };
}

/** What an assertion limits: it has the name of the input. */
function quantityOf(name: string): string {
  return name.replace(/^(max|min)-/, '');
}

function isTold({ result, name }: AssertionRecord): boolean {
  return result === 'pass' && name !== 'fault-confirmed';
}

function confirmedBy({ confirmed, detail }: Proof): AssertionRecord {
  return {
    name: 'fault-confirmed',
    limit: 'must be seen to take place',
    measured: detail,
    result: confirmed ? 'pass' : 'fail',
  };
}

function clientLimits({ limits, measurement }: VerdictInput): readonly AssertionRecord[] {
  const { probe, resolutionMs } = measurement;
  const resolution = `resolution ${formatDuration(resolutionMs)}`;
  const { availability } = probe;
  // A fault that is over at once, with no steady time after it, may see no attempt at all.
  const unseen = { measured: 'not measured', result: 'not-measured' } as const;
  const most = (name: string, ms: number, limitMs: number, more = ''): AssertionRecord => ({
    name,
    limit: `at most ${formatDuration(limitMs)}`,
    measured: `${formatDuration(ms)}${more}, ${resolution}`,
    result: ms <= limitMs ? 'pass' : 'fail',
    ...(availability === null && unseen),
  });
  const share = probe.degradedMs > 0 ? `, ${Math.round(probe.degradedShare * 100)} % of the connections failed` : '';
  return [
    most('max-outage', probe.outageMs, limits.maxOutageMs),
    most('max-degraded', probe.degradedMs, limits.maxDegradedMs, share),
    {
      name: 'min-availability',
      limit: `at least ${limits.minAvailability} %`,
      ...(availability === null
        ? unseen
        : {
            measured: `${availability} % of ${probe.attempts} connections`,
            result: availability >= limits.minAvailability ? 'pass' : 'fail',
          }),
    },
  ];
}

/** The control must control: without a quorum no message may be accepted. */
function seenUnavailable({ measurement: { messages }, acceptedUnderFault }: VerdictInput): AssertionRecord {
  const turnedAway = (messages?.refused ?? 0) + (messages?.unclear ?? 0);
  return {
    name: 'seen-unavailable',
    limit: 'no message may be accepted without a quorum',
    measured: `${acceptedUnderFault} accepted, ${turnedAway} not`,
    result: acceptedUnderFault === 0 && turnedAway > 0 ? 'pass' : 'fail',
  };
}

function recovery({ limits, measurement, recovered }: VerdictInput): AssertionRecord {
  const { recoveryMs } = measurement.milestones;
  const limit = `at most ${formatDuration(limits.maxRecoveryMs)}`;
  const seen = recovered && recoveryMs !== null;
  return {
    name: 'max-recovery',
    limit,
    measured: seen ? formatDuration(recoveryMs) : 'not recovered in that time',
    result: seen && recoveryMs <= limits.maxRecoveryMs ? 'pass' : 'fail',
  };
}

/** Without messages, or without any reading of them, nothing is known: that is not the same as no loss. */
function loss({ limits, measurement: { messages } }: VerdictInput): AssertionRecord {
  const limit = `at most ${limits.maxLost}`;
  if (messages === undefined || messages.readings === 0) {
    return { name: 'max-lost', limit, measured: 'message loss not measured', result: 'not-measured' };
  }
  const { lost, unchecked, acked, duplicated, reordered, doubts } = messages;
  const more = [
    ...(unchecked > 0 ? [`${unchecked} not checked`] : []),
    ...(duplicated > 0 ? [`${duplicated} twice`] : []),
    ...(reordered > 0 ? [`${reordered} out of order`] : []),
  ];
  return {
    name: 'max-lost',
    limit,
    measured: `${lost} of ${acked} accepted messages${more.length > 0 ? `, ${more.join(', ')}` : ''}`,
    result: doubts.length > 0 ? 'not-measured' : lost > limits.maxLost ? 'fail' : 'pass',
  };
}

function sentence(parts: readonly string[]): string {
  const text = parts.join('; ').replace(/[\s.]*$/, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/[\s.]*$/, '');
}
