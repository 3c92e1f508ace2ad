import type { MomentName } from '../../journal/experiment-record.js';
import type { KubernetesApi } from '../../kubernetes/api/api.js';
import { podNetwork } from '../../kubernetes/api/pod-network.js';
import type { StatefulSet } from '../../kubernetes/api/types.js';
import type { MemberSet } from '../../kubernetes/pods.js';
import { memberPortOf } from '../../migratorydata/live-options.js';
import type { AttemptSeries } from './attempt-series.js';
import type { ClientEndpoint } from './client-endpoint.js';
import { openClients } from './clients.js';
import { faultTimeOf } from './fault-time.js';
import { infrastructureEventsSince } from './infrastructure-events.js';
import type { InsideProbe } from './inside-probe.js';
import type { Transition } from './lanes.js';
import { computeResult, type MeasuredFault, type MeasurementResult } from './measurement-result.js';
import { startCpuReadings } from './member-load.js';
import { startMemberProbe } from './member-probe.js';
import { type MemberReader, produceMs, readMs, startMessageProbe } from './message-probe.js';
import { type ConnectElsewhere, startControlProbe, startProbe } from './probe.js';
import { countReady, knownMembers, presentMembers, readySpans } from './ready-members.js';
import { findServiceRecovery } from './service-recovery.js';
import { startTimeline } from './timeline.js';

export interface MeasurementOptions {
  readonly api: KubernetesApi;
  readonly endpoint: ClientEndpoint;
  /** The control; undefined when no other address is known. */
  readonly connectElsewhere: ConnectElsewhere | undefined;
  readonly members: MemberSet;
  /** The StatefulSet that controls the members. */
  readonly statefulSet: StatefulSet;
  /** The client Service. */
  readonly serviceName: string;
  /** The names of the target nodes. */
  readonly targets: readonly string[];
  /** Whether the fault stops the target nodes, so that the renewals of their Leases show when. */
  readonly stopsNodes: boolean;
  readonly intervalMs: number;
  /** The number of connections that stay open. */
  readonly clients: number;
  /** Undefined without a probe inside the cluster. */
  readonly inside: InsideProbe | undefined;
}

/** A running measurement. All times are milliseconds from its t0, on one monotonic clock. */
export interface Measurement {
  /** Records that a moment is now. */
  recordMoment(name: MomentName): void;
  /** Records that Kubernetes has accepted the removal of a member now; the request was sent at a time of the clock. */
  recordEffect(sentMs: number): void;
  /** Records that Azure has accepted the request of the fault now. */
  recordAzureAcceptance(): void;
  /** Resolves with true when nothing has failed for `ms` milliseconds from now, and with false after `limitMs`. */
  waitUntilSteady(ms: number, limitMs: number, signal: AbortSignal): Promise<boolean>;
  /**
   * Resolves with true when the service has recovered for `steadyMs` milliseconds and at least `windowMs` have passed since
   * the fault, and with false after `limitMs`.
   */
  waitUntilRecovered(
    wait: { readonly steadyMs: number; readonly windowMs: number; readonly limitMs: number },
    signal: AbortSignal,
  ): Promise<boolean>;
  /** Returns the failures so far, such as `3 of 40 connections failed`. */
  describeFailures(): string;
  /** Returns how long no new connection has succeeded, in milliseconds; 0 when the latest one succeeded. */
  failingForMs(): number;
  /** Returns the number of accepted messages that were sent after the fault was confirmed. */
  acceptedUnderFault(): number;
  /** Ends the measurement and computes its result. */
  stop(fault: MeasuredFault): Promise<MeasurementResult>;
  /** Ends the measurement without a result. Does nothing when it has ended. */
  close(): Promise<void>;
}

/**
 * Opens the connections of clients, and starts a measurement whose t0 is then: probe, control probe, messages, the load of
 * the members, and watches.
 * @throws ActionError `runner-limit`; the error of the first list of a watch.
 */
export async function startMeasurement(options: MeasurementOptions): Promise<Measurement> {
  const {
    api,
    endpoint,
    connectElsewhere,
    members,
    statefulSet,
    serviceName,
    targets,
    stopsNodes,
    intervalMs,
    inside,
  } = options;
  const { clock, signal } = api;
  const clients = await openClients(clock, endpoint, options.clients, signal);
  const sinceDate = clock.date();
  const t0Ms = clock.now();
  const now = (): number => clock.now() - t0Ms;
  const moments: { name: MomentName; atMs: number }[] = [];
  const momentOf = (name: MomentName): number | undefined => moments.find(moment => moment.name === name)?.atMs;
  let effect: { readonly sentMs: number; readonly atMs: number } | undefined;
  let azureAcceptedMs: number | undefined;
  const waiters: (() => void)[] = [];
  const announce = (): void => {
    for (const wake of waiters.splice(0)) wake();
  };
  const leases = stopsNodes ? targets : [];
  const timeline = startTimeline(api, { members, statefulSet, serviceName, targets, leases, t0Ms });
  const probe = startProbe(clock, endpoint, { t0Ms, intervalMs }, signal, announce);
  const control = connectElsewhere && startControlProbe(connectElsewhere, { clock, t0Ms, intervalMs, signal });
  const memberPort = memberPortOf(statefulSet);
  const memberProbe = startMemberProbe(api, {
    ...{ namespace: members.namespace, port: memberPort, t0Ms },
    names: () => knownMembers(timeline.observations().transitions),
  });
  const cpu = startCpuReadings(api, members, t0Ms);
  const messages = endpoint.rest && startMessageProbe(clock, endpoint, endpoint.rest, t0Ms, signal, announce);
  const watched: readonly AttemptSeries[] = [probe.series, ...(messages ? [messages.produced, messages.read] : [])];
  let ended: Promise<unknown> | undefined;

  const faultTime = (): ReturnType<typeof faultTimeOf> | undefined => {
    const injectedMs = momentOf('injected');
    if (injectedMs === undefined) return undefined;
    const failures = watched.flatMap(
      series => series.ended().find(({ ok, atMs }) => !ok && atMs >= injectedMs)?.atMs ?? [],
    );
    return faultTimeOf({
      ...{ injectedMs, accepted: effect, azureAcceptedMs, confirmedMs: momentOf('confirmed') ?? now() },
      renewals: leases.map(node =>
        timeline
          .observations()
          .renewals.filter(one => one.node === node)
          .map(({ atMs }) => atMs),
      ),
      firstFailureMs: failures.length === 0 ? undefined : Math.min(...failures),
      resolutionMs: Math.max(intervalMs, messages === undefined ? 0 : readMs),
    });
  };
  /** As many as were Ready when the fault was injected. */
  const countMembers = (transitions: readonly Transition[]): number =>
    Math.max(1, countReady(transitions, momentOf('injected') ?? now()));
  const allReady = (): ReturnType<typeof readySpans> => {
    const { transitions } = timeline.observations();
    return readySpans(transitions, countMembers(transitions), now());
  };
  /** Returns the time until which every attempt has ended. */
  const settledMs = (): number => Math.min(now(), ...watched.map(series => series.oldestOpenMs() ?? Infinity));
  const findRecovery = (steadyMs: number): number | undefined => {
    const { transitions } = timeline.observations();
    const faultMs = faultTime()?.atMs ?? 0;
    const series = watched.map(one => one.ended());
    const observed = { series, transitions, members: countMembers(transitions), faultMs, untilMs: settledMs() };
    return findServiceRecovery(observed, steadyMs);
  };
  /** Asks after each attempt until the answer is a value; undefined after `limitMs`. */
  const waitFor = async <T>(
    ask: () => T | undefined,
    limitMs: number,
    waitSignal: AbortSignal,
  ): Promise<T | undefined> => {
    const fromMs = now();
    for (;;) {
      const answer = ask();
      if (answer !== undefined || now() - fromMs >= limitMs) return answer;
      const changed = new Promise<void>(resolve => waiters.push(resolve));
      const done = new AbortController();
      await Promise.race([changed, clock.sleep(intervalMs, AbortSignal.any([waitSignal, done.signal]))]);
      done.abort();
      waitSignal.throwIfAborted();
    }
  };
  const readers = (): readonly MemberReader[] =>
    presentMembers(timeline.observations().transitions).map(name => ({
      name,
      network: podNetwork(api, { namespace: members.namespace, name }, memberPort),
    }));
  const readLast = async () => {
    try {
      // Reading needs the watch of the members.
      return await messages?.stop(allReady, readers);
    } finally {
      await timeline.stop();
    }
  };
  const end = async () => {
    const ending = Promise.all([probe.stop(), readLast(), cpu.stop(), control?.stop(), memberProbe.stop()]);
    ended = ending;
    const [connected, [, history, cpuReadings]] = await Promise.all([clients.stop(t0Ms), ending]);
    await inside?.stop();
    return { history, connected, cpuReadings };
  };
  try {
    await timeline.ready;
  } catch (error) {
    await end().catch(() => undefined);
    throw error;
  }

  return {
    recordMoment(name) {
      moments.push({ name, atMs: Math.round(now()) });
    },
    recordEffect(sentMs) {
      effect ??= { sentMs: sentMs - t0Ms, atMs: now() };
    },
    recordAzureAcceptance() {
      azureAcceptedMs ??= now();
    },
    async waitUntilSteady(ms, limitMs, waitSignal) {
      const fromMs = now();
      const isSteady = (): true | undefined => {
        const sinceMs = Math.max(fromMs, ...watched.map(series => (series.lastFailureMs() ?? -1) + 1));
        return ms === 0 || settledMs() - sinceMs >= ms ? true : undefined;
      };
      return (await waitFor(isSteady, limitMs, waitSignal)) ?? false;
    },
    async waitUntilRecovered({ steadyMs, windowMs, limitMs }, waitSignal) {
      const isMeasured = (): boolean => now() - (faultTime()?.atMs ?? 0) >= windowMs;
      const recoveredMs = await waitFor(() => (isMeasured() ? findRecovery(steadyMs) : undefined), limitMs, waitSignal);
      if (recoveredMs !== undefined) moments.push({ name: 'recovered', atMs: Math.round(recoveredMs) });
      return recoveredMs !== undefined;
    },
    describeFailures() {
      const connections = failuresIn(probe.series, 'connections');
      return messages
        ? `${connections} and ${failuresIn(messages.produced, 'messages')} failed`
        : `${connections} failed`;
    },
    failingForMs: () => {
      const lastMs = probe.series.lastSuccessMs() ?? 0;
      return (probe.series.lastFailureMs() ?? 0) > lastMs ? now() - lastMs : 0;
    },
    acceptedUnderFault: () => messages?.acceptedSince(momentOf('confirmed') ?? Infinity) ?? 0,
    async stop(fault) {
      const endMs = momentOf('ended') ?? now();
      const { history, connected, cpuReadings } = await end();
      const observations = timeline.observations();
      const nodes = [
        ...new Set(observations.transitions.filter(({ kind }) => kind === 'node').map(({ name }) => name)),
      ];
      return computeResult({
        ...{ startedMs: t0Ms, endMs, moments, targets, fault, faultTime: faultTime(), observations, history },
        ...{ clients: connected, cpuReadings },
        connections: {
          attempts: probe.series.ended(),
          intervalMs,
          latenessIn: (fromMs, toMs) => probe.lateness(fromMs, toMs),
        },
        messages: messages && {
          produced: { attempts: messages.produced.ended(), intervalMs: produceMs },
          read: { attempts: messages.read.ended(), intervalMs: readMs },
        },
        controls: control?.series.ended() ?? [],
        answers: memberProbe.members(),
        inside: inside && { node: inside.node, attempts: inside.attempts(t0Ms) },
        stopped: leases,
        events: await infrastructureEventsSince(api, members.namespace, nodes, sinceDate),
        blindSpot: endpoint.blindSpot,
      });
    },
    async close() {
      if (ended === undefined) await end().catch(() => undefined);
    },
  };
}

/** Returns text such as `3 of 40 connections`. */
function failuresIn(series: AttemptSeries, what: string): string {
  const attempts = series.ended();
  return `${attempts.filter(({ ok }) => !ok).length} of ${attempts.length} ${what}`;
}
