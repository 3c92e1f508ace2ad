import type { ClientsRecord } from '../../../src/journal/clients-record.js';
import type { ExperimentRecord, MeasurementRecord, TimelineRecord } from '../../../src/journal/experiment-record.js';
import type { RepetitionRecord } from '../../../src/journal/repetition-record.js';
import type { InsideRecord } from '../../../src/journal/series-record.js';

/** The measurement of a drain of one of three nodes, in which connections failed for two seconds. */
export function someMeasurement(changes: Partial<MeasurementRecord> = {}): MeasurementRecord {
  return {
    resolutionMs: 210,
    fault: { atMs: 5_040, uncertaintyMs: 20, by: 'acceptance', azureAcceptedMs: null },
    probe: {
      ...{ resolutionMs: 210, attempts: 150, failed: 10, outageMs: 2_000, degradedMs: 3_000, unavailableSeconds: 2 },
      availability: 98.333,
      latency: { before: { p50: 3, p95: 9, p99: 20 }, during: { p50: 4, p95: 30, p99: 90 }, after: null },
      ...{ slow: 0, failures: { ECONNREFUSED: 10 } },
    },
    produced: {
      ...{ resolutionMs: 250, attempts: 120, failed: 8, outageMs: 1_750, degradedMs: 3_000, unavailableSeconds: 1.9 },
      availability: 98.333,
    },
    read: {
      ...{ resolutionMs: 1_000, attempts: 30, failed: 0, outageMs: 0, degradedMs: 0, unavailableSeconds: 0 },
      availability: 100,
    },
    clients: {
      ...{ wanted: 24, opened: 24, broken: 7, hung: 1, back: { p50: 300, p95: 2_400, p99: 2_400, all: null } },
      ...{ peakPerSecond: 8, lagMs: 3 },
    },
    members: [
      { name: 'migratorydata-0', cpu: { before: 12, after: 90 }, restarts: 0 },
      { name: 'migratorydata-1', cpu: { before: 14, after: null }, restarts: 1 },
    ],
    control: { attempts: 30, failed: 0, outageMs: 0 },
    messages: {
      ...{ sent: 120, acked: 112, unclear: 8, refused: 0, lost: 0, unchecked: 0, stale: 0, diverged: 0, unexpected: 0 },
      ...{ duplicated: 1, reordered: 0, recovered: 2, epochChanges: 1, readings: 40 },
      doubts: [],
      blindSpot: 'Messages are read through the client Service.',
    },
    milestones: {
      ...{ detectionMs: 60, evictionMs: 40, rescheduledMs: 1_000, readyMs: 11_000, answeringMs: 11_200 },
      ...{ recoveryMs: 12_000, recoveryFrom: 'fault' },
    },
    events: [],
    doubts: [],
    ...changes,
  };
}

/** What a probe inside the cluster saw, of which the last 4 s are not known. */
export const someInside: InsideRecord = {
  ...{ resolutionMs: 1_010, attempts: 21, failed: 2, outageMs: 2_000, degradedMs: 2_000, unavailableSeconds: 2 },
  ...{ availability: null, node: 'aks-1', unseenMs: 4_000 },
};

/** Clients that were not measured. */
export const noClients: ClientsRecord = {
  ...{ wanted: 24, opened: null, broken: null, hung: null, back: null, peakPerSecond: null, lagMs: 0 },
  notMeasured: 'the server closes them',
};

export const someTimeline: TimelineRecord = {
  startedMs: 100,
  ms: 30_000,
  moments: [
    { name: 'steady', atMs: 0 },
    { name: 'injected', atMs: 5_000 },
    { name: 'confirmed', atMs: 6_000 },
    { name: 'reverted', atMs: 12_000 },
    { name: 'recovered', atMs: 17_000 },
    { name: 'ended', atMs: 30_000 },
  ],
  series: [
    {
      name: 'connections',
      attempts: Array.from({ length: 150 }, (_, index) => {
        const ok = index < 30 || index >= 40;
        return [index * 200, ok ? 4 : 2_000, ok ? 1 : 0] as const;
      }),
    },
    { name: 'messages produced', attempts: [[0, 3, 1]] },
    { name: 'messages read', attempts: [[0, 5, 1]] },
  ],
  ...{
    clients: [
      [0, 24],
      [6_000, 16],
      [9_000, 23],
    ],
    messages: {
      inFlight: [
        [0, 1],
        [6_000, 8],
        [9_000, 1],
      ],
      lost: [6_250],
    },
  },
  limits: { maxOutageMs: 1_000, maxDegradedMs: 60_000, maxRecoveryMs: 900_000, minAvailability: 95, maxLost: 0 },
  lanes: [
    {
      ...{ kind: 'node', name: 'aks-nodepool1-12345678-vmss000000', target: true },
      states: [
        { state: 'ready', fromMs: 0, toMs: 4_800 },
        { state: 'cordoned', fromMs: 4_800, toMs: 12_000 },
        { state: 'ready', fromMs: 12_000, toMs: 30_000 },
      ],
    },
    {
      ...{ kind: 'member', name: 'migratorydata-0', target: false },
      states: [
        { state: 'ready', fromMs: 0, toMs: 5_000, uid: 'a', node: 'aks-nodepool1-12345678-vmss000000' },
        { state: 'absent', fromMs: 5_000, toMs: 6_000, uid: '', node: '' },
        { state: 'ready', fromMs: 6_000, toMs: 30_000, uid: 'b', node: 'aks-nodepool1-12345678-vmss000001' },
      ],
    },
  ],
  holes: [{ kind: 'Pod', fromMs: 20_000, toMs: 20_500 }],
};

/** The record of an experiment with a complete measurement. */
export function someExperiment(changes: Partial<ExperimentRecord> = {}): ExperimentRecord {
  return {
    name: 'drain',
    verdict: 'fail',
    reason: 'Outage: 2.0s, resolution 210ms, but at most 1.0s.',
    facts: { plan: 'surge' },
    assertions: [
      { name: 'fault-confirmed', limit: 'must be observed', measured: 'cordoned and empty', result: 'pass' },
      { name: 'max-outage', limit: 'at most 1.0s', measured: '2.0s, resolution 210ms', result: 'fail' },
      { name: 'max-lost', limit: 'at most 0', measured: 'message loss not measured', result: 'not-measured' },
    ],
    targets: [
      {
        ...{ node: 'aks-nodepool1-12345678-vmss000000', uid: 'node-uid', zone: 'eastus-1' },
        ...{ providerId: 'azure:///x', scaleSet: 'vmss', instanceId: '0' },
        members: [{ name: 'migratorydata-0', uid: 'a', seed: true }],
      },
    ],
    measurement: someMeasurement(),
    putBack: {
      done: true,
      did: ['Node aks-nodepool1-12345678-vmss000000 is schedulable again.'],
      left: [],
      restorationMs: 21_000,
    },
    timeline: someTimeline,
    ...changes,
  };
}

/** Three runs of a drain, of which two count, compared with five of an earlier report. */
export function someRepetition(changes: Partial<RepetitionRecord> = {}): RepetitionRecord {
  const outageMs = { values: [1_000, 2_000], median: 1_500, best: 1_000, worst: 2_000 };
  const availability = { values: [99, 98], median: 98.5, best: 99, worst: 98 };
  const baseline = { values: [200, 400, 400, 400, 600], median: 400, best: 200, worst: 600 };
  return {
    ...{ experiment: 'drain', planned: 4, counted: 2, verdict: 'inconclusive' },
    notCounted: [{ run: 2, verdict: 'inconclusive', reason: 'No conclusion is possible.' }],
    numbers: { outageMs, availability },
    comparison: {
      counted: 5,
      numbers: { outageMs: { baseline, result: 'worse' }, recoveryMs: { baseline, result: 'not-compared' } },
    },
    ...changes,
  };
}
