import { describe, expect, it } from '@jest/globals';
import type { ContainerStatus, Event, Pod } from '../../../../src/kubernetes/api/types.js';
import { crashHint, diagnose, type Situation } from '../../../../src/kubernetes/rollout/diagnose.js';
import { newerThan } from '../../../../src/kubernetes/rollout/events.js';
import { eventOf, podOf, setOf } from '../samples.js';

const waiting = (reason: string, message = '', more: Partial<ContainerStatus> = {}): Partial<ContainerStatus> => ({
  state: { waiting: { reason, message } },
  ...more,
});
const ended = (exitCode: number, reason: string): Partial<ContainerStatus> => ({
  restartCount: 2,
  lastState: { terminated: { exitCode, reason } },
});
const situation = (more: Partial<Situation>): Situation => ({
  pods: [],
  statefulSet: undefined,
  events: [],
  isNew: () => true,
  autoscaled: false,
  ...more,
});
const withContainer = (container: Partial<ContainerStatus>): Situation =>
  situation({ pods: [podOf(1, { ready: false, containers: [container] })] });
const unschedulable = podOf(1, {
  ready: false,
  conditions: [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/3 nodes: Insufficient cpu.' },
  ],
});
const autoscalerEvent = (reason: string, message: string, at: string): ReturnType<typeof eventOf> =>
  eventOf('Pod', 'migratorydata-1', reason, message, { lastTimestamp: `2026-01-01T00:00:${at}Z` });

describe('diagnose', () => {
  it.each([
    ['a failed pull', waiting('ErrImagePull', 'manifest unknown'), 'image-pull', 'migratorydata/server:6'],
    ['a pull in back-off', waiting('ImagePullBackOff', 'Back-off pulling'), 'image-pull', 'ImagePullBackOff'],
    [
      'a rate-limited pull',
      waiting('ErrImagePull', 'toomanyrequests: You have reached'),
      'image-rate-limit',
      'toomanyrequests',
    ],
    ['an invalid image name', waiting('InvalidImageName', 'couldn’t parse'), 'image-pull', 'InvalidImageName'],
    [
      'a missing secret',
      waiting('CreateContainerConfigError', 'secret "s" not found'),
      'container-config',
      'secret "s" not found',
    ],
    ['a crash loop', waiting('CrashLoopBackOff', '', ended(1, 'Error')), 'crash-loop', 'exit code 1), started 3 times'],
    [
      'an out-of-memory kill',
      waiting('CrashLoopBackOff', '', ended(137, 'OOMKilled')),
      'out-of-memory',
      'exit code 137',
    ],
  ])('reports %s with pod, container and reason', (_, container, code, text) => {
    const [finding] = diagnose(withContainer(container));
    expect(finding?.code).toBe(code);
    expect(finding?.message).toContain(text);
    expect(finding?.message).toContain('container migratorydata of pod migratorydata-1');
    expect(finding?.pod).toBe('migratorydata-1');
  });

  const second = (at: number): string => `2026-01-01T00:00:${String(at).padStart(2, '0')}Z`;
  const probed = (message: string, seconds: number, reason = 'Unhealthy'): Event =>
    eventOf('Pod', 'migratorydata-1', reason, message, { lastTimestamp: second(seconds) });
  const killed = (kind: string): Event =>
    probed(`Container migratorydata failed ${kind} probe, will be restarted`, 40, 'Killing');
  const refused = 'dial tcp 10.0.0.7:8800: connect: connection refused';
  const afterKill: Partial<ContainerStatus> = {
    restartCount: 3,
    lastState: { terminated: { exitCode: 0, reason: 'Completed', startedAt: second(10), finishedAt: second(42) } },
  };

  it.each([
    ['a startup probe', { ...afterKill, state: { running: { startedAt: second(43) } } }, 'startup'],
    ['a liveness probe, in back-off', waiting('CrashLoopBackOff', '', afterKill), 'liveness'],
  ])('reports %s because of which the kubelet ends a container, and not its exit code', (_, container, kind) => {
    const events = [probed(`${kind[0]?.toUpperCase()}${kind.slice(1)} probe failed: ${refused}`, 39), killed(kind)];
    const [finding, ...others] = diagnose({ ...withContainer(container), events });
    expect(finding).toMatchObject({ code: 'probe-failed', sighting: '3', persistMs: Infinity });
    expect(finding?.message).toBe(
      `The ${kind} probe of container migratorydata of pod migratorydata-1 failed, so that the kubelet ended it: ${refused}.`,
    );
    expect(others).toEqual([]);
  });

  it('reports a readiness probe that fails since the container runs', () => {
    const unready = probed('Readiness probe failed: HTTP probe failed with statuscode: 503', 44);
    const running = withContainer({ state: { running: { startedAt: second(43) } } });
    expect(diagnose({ ...running, events: [unready] })).toMatchObject([
      { code: 'probe-failed', message: expect.stringContaining('failed: HTTP probe failed with statuscode: 503.') },
    ]);
    const earlier = withContainer({ state: { running: { startedAt: second(45) } } });
    expect(diagnose({ ...earlier, events: [unready] })).toEqual([]);
  });

  it('reports the exit code of a server that ends by itself after an earlier end by a probe', () => {
    const terminated = { exitCode: 1, reason: 'Error', startedAt: second(43), finishedAt: second(50) };
    const crashed = waiting('CrashLoopBackOff', '', { restartCount: 4, lastState: { terminated } });
    expect(diagnose({ ...withContainer(crashed), events: [killed('liveness')] })).toMatchObject([
      { code: 'crash-loop' },
    ]);
  });

  it.each([
    ['a container that is being created', withContainer(waiting('ContainerCreating'))],
    ['a failed first start', withContainer({ state: { terminated: { exitCode: 1 } } })],
    ['a start after an earlier crash', withContainer({ ...ended(1, 'Error'), state: { running: {} } })],
    ['a Ready member', situation({ pods: [podOf(1, { containers: [waiting('ErrImagePull')] })] })],
    [
      'a member that is being deleted',
      situation({ pods: [podOf(1, { ready: false, deleting: true, containers: [waiting('ErrImagePull')] })] }),
    ],
    ['an unschedulable pod while nodes may be added', situation({ pods: [unschedulable], autoscaled: true })],
    [
      'an old failure to create pods that exist now',
      situation({
        pods: [podOf(0)],
        statefulSet: setOf(1),
        events: [eventOf('StatefulSet', 'migratorydata', 'FailedCreate', 'denied')],
      }),
    ],
  ])('finds no problem for %s', (_, healthy) => {
    expect(diagnose(healthy)).toEqual([]);
  });

  it('names an unsupported JVM option in the hint', () => {
    const container = waiting('CrashLoopBackOff', '', {
      restartCount: 1,
      lastState: { terminated: { exitCode: 1, message: "Unrecognized VM option 'UseCGroupMemoryLimitForHeap'" } },
    });
    expect(diagnose(withContainer(container))[0]?.hint).toContain(
      'Remove UseCGroupMemoryLimitForHeap from java-extra-opts',
    );
    expect(crashHint('Could not reserve enough space for object heap').hint).toContain('memory-request');
    expect(crashHint('some other words')).toEqual({});
  });

  it('trusts the autoscaler that it adds no node, unless it only pauses or has decided otherwise later', () => {
    const refusal = autoscalerEvent(
      'NotTriggerScaleUp',
      "pod didn't trigger scale-up: max node group size reached",
      '01',
    );
    const pause = autoscalerEvent('NotTriggerScaleUp', '1 in backoff after failed scale-up', '01');
    const later = autoscalerEvent('TriggeredScaleUp', 'pod triggered scale-up', '02');
    const withEvents = (...events: Situation['events'][number][]): Situation =>
      situation({ pods: [unschedulable], events, autoscaled: true });
    expect(diagnose(withEvents(refusal))[0]).toMatchObject({ code: 'unschedulable' });
    expect(diagnose(withEvents(refusal))[0]?.message).toContain('max node group size reached');
    expect(diagnose(withEvents(pause))).toEqual([]);
    expect(diagnose(withEvents(refusal, later))).toEqual([]);
    expect(diagnose(situation({ pods: [unschedulable] }))[0]?.message).toContain('Insufficient cpu');
  });

  it.each([
    ['3 node(s) had untolerated taint(s).', 'tolerations'],
    ["3 node(s) didn't match Pod's node affinity/selector.", 'amd64'],
    ['1 node(s) had untolerated taint(s), 2 Insufficient cpu.', undefined],
  ])('says what helps a pod of which the scheduler says %j', (words, hint) => {
    const message = `0/3 nodes are available: ${words}`;
    const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] as const;
    const [finding] = diagnose(situation({ pods: [podOf(1, { ready: false, conditions })] }));
    expect(finding?.message).toContain(words.replace(/\.$/, ''));
    expect(finding?.hint).toEqual(hint === undefined ? undefined : expect.stringContaining(hint));
  });

  it('ignores events of the autoscaler from before the wait', () => {
    const events = [autoscalerEvent('NotTriggerScaleUp', 'max node group size reached', '01')];
    const old = { pods: [unschedulable], events, isNew: () => false };
    expect(diagnose(situation({ ...old, autoscaled: true }))).toEqual([]);
    expect(diagnose(situation(old))[0]?.message).not.toContain('max node group size reached');
  });

  it('reports a failed mount from the events, until the volumes are mounted or the container has started', () => {
    const events = [eventOf('Pod', 'migratorydata-1', 'FailedMount', 'secret "s" not found')];
    const pulling = eventOf('Pod', 'migratorydata-1', 'Pulling', 'Pulling image');
    const creating = podOf(1, { ready: false, containers: [waiting('ContainerCreating')] });
    const started = podOf(1, { ready: false, containers: [{ state: { running: {} } }] });
    expect(diagnose(situation({ pods: [creating], events }))[0]).toMatchObject({
      code: 'mount-failed',
      pod: 'migratorydata-1',
    });
    expect(diagnose(situation({ pods: [started], events }))).toEqual([]);
    expect(diagnose(situation({ pods: [creating], events: [...events, pulling] }))).toEqual([]);
    expect(diagnose(situation({ pods: [creating], events, isNew: () => false }))).toEqual([]);
  });

  it('reports when the pods cannot be created for a reason without a code', () => {
    const events = [eventOf('StatefulSet', 'migratorydata', 'FailedCreate', 'etcdserver: no space')];
    expect(diagnose(situation({ statefulSet: setOf(3), events }))[0]).toMatchObject({ code: 'api-error' });
  });

  const refusals = (from: number, to: number): Event =>
    eventOf('StatefulSet', 'migratorydata', 'FailedCreate', 'exceeded quota', {
      firstTimestamp: second(from),
      lastTimestamp: second(to),
    });
  const createdAt = (at: number): Pod => {
    const pod = podOf(0);
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp: second(at) } };
  };
  const created = (at: number): Event =>
    eventOf('StatefulSet', 'migratorydata', 'SuccessfulCreate', 'create Pod', { lastTimestamp: second(at) });

  it.each([
    ['since its first event', [], [refusals(10, 22)], [12_000]],
    ['since the pod that was created in between', [createdAt(15)], [refusals(10, 22)], [7_000]],
    ['since the event of a creation', [], [refusals(10, 22), created(20)], [2_000]],
    ['not after the creation of a pod', [createdAt(22)], [refusals(10, 22)], []],
    ['not after the event of a creation', [], [refusals(10, 22), created(30)], []],
    ['each one separately, the latest first', [], [refusals(1, 2), refusals(3, 9)], [6_000, 1_000]],
  ])('measures how long the creation of pods has failed: %s', (_, pods, events, lasted) => {
    const findings = diagnose(situation({ statefulSet: setOf(3), pods, events }));
    expect(findings.map(({ lastedMs }) => lastedMs)).toEqual(lasted);
  });

  it('ignores a failure to create pods from before the wait', () => {
    const events = [refusals(10, 22)];
    expect(diagnose(situation({ statefulSet: setOf(3), events, isNew: newerThan(events) }))).toEqual([]);
    const again = [{ ...refusals(10, 42), count: 2 }];
    expect(diagnose(situation({ statefulSet: setOf(3), events: again, isNew: newerThan(events) }))).toHaveLength(1);
  });
});
