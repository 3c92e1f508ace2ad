import type { ErrorCode } from '../../errors/catalogue.js';
import { refusalCode } from '../api/admission.js';
import type { ContainerStatus, Event, Pod, StatefulSet } from '../api/types.js';
import { conditionOf, containersOf, isReady, unfinishedContainersOf } from '../pods.js';
import { eventsAbout, failuresSince, lastSeen } from './events.js';
import { failedProbeOf } from './failed-probe.js';

/** A reason why a member is not Ready. */
export interface Finding {
  readonly code: ErrorCode;
  /** Contains the pod, the container and the reason. */
  readonly message: string;
  readonly hint?: string;
  /** The pod, for the evidence; undefined when it does not exist yet. */
  readonly pod?: string;
  /** Identifies the same problem of the same object. */
  readonly key: string;
  /**
   * Changes when the problem occurs again, if a repetition confirms it; otherwise it must last without interruption.
   */
  readonly sighting?: string;
  /** How long the problem must last to be confirmed, in milliseconds; Infinity if only a repetition confirms it. */
  readonly persistMs: number;
  /** How long it has lasted according to the timestamps of events; undefined if it is measured by observation. */
  readonly lastedMs?: number;
}

export interface Situation {
  /** The pods of the StatefulSet. */
  readonly pods: readonly Pod[];
  readonly statefulSet: StatefulSet | undefined;
  /** The events of the namespace. */
  readonly events: readonly Event[];
  /** Whether an event is new: the cause of an older event may be resolved. */
  readonly isNew: (event: Event) => boolean;
  /** Whether an autoscaler may add nodes for a pod that cannot be scheduled. */
  readonly autoscaled: boolean;
}

const shortMs = 3_000;
/** The scheduler retries when another pod is deleted; the pod is unschedulable only if that did not help. */
const schedulingMs = 10_000;
/** The kubelet retries after half a second and doubles the delay; this includes the retry after 15 s. */
const mountMs = 10_000;
/**
 * The StatefulSet controller retries after 5 ms and doubles the delay: about 5, 10 and 20 s after the first failure.
 * This includes the retry after 10 s: by then, most webhooks have restarted, and a write conflict on a quota is
 * resolved.
 */
const creationMs = 8_000;

/**
 * Returns why members are not Ready, the most specific reason first. A finding may be transient, such as a first failed
 * pull: see `createFindingConfirmation`. An event counts only if it is new, and newer than the last success of the
 * object.
 */
export function diagnose(situation: Situation): readonly Finding[] {
  const { pods } = situation;
  const unhealthy = pods.filter(pod => !isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  return [
    ...unhealthy.flatMap(pod =>
      unfinishedContainersOf(pod).flatMap(container => examineContainer(pod, container, situation)),
    ),
    ...unhealthy.flatMap(pod => examineMounts(pod, situation)),
    ...unhealthy.flatMap(pod => examineScheduling(pod, situation)),
    ...examineCreation(situation),
  ];
}

/** Waiting reasons for image problems; the kubelet alternates between the first two. */
const imageReasons = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'ImageInspectError',
  'SignatureValidationFailed',
];
const configReasons = ['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'PostStartHookError'];

function examineContainer(pod: Pod, container: ContainerStatus, { events }: Situation): readonly Finding[] {
  const { waiting, terminated } = container.state ?? {};
  const reason = waiting?.reason ?? '';
  const subject = `container ${container.name} of pod ${pod.metadata.name}`;
  const shared = { pod: pod.metadata.name, sighting: `${reason} ${container.restartCount}`, persistMs: shortMs };
  const key = (problem: string): string => `${problem} ${pod.metadata.uid ?? pod.metadata.name} ${container.name}`;

  if (imageReasons.includes(reason)) {
    const detail = waiting?.message ?? '';
    const limited = /toomanyrequests|rate limit/i.test(detail);
    const code = limited ? 'image-rate-limit' : 'image-pull';
    const message = `The image ${container.image} of ${subject} cannot be pulled (${reason})${afterColon(detail)}`;
    return [{ ...shared, code, message, key: key('image') }];
  }
  if (configReasons.includes(reason)) {
    const message = `The ${subject} cannot be started (${reason})${afterColon(waiting?.message)}`;
    return [{ ...shared, code: 'container-config', message, key: key('config') }];
  }
  const probe = failedProbeOf(container, eventsAbout(events, aboutPod(pod)));
  if (probe !== undefined) {
    const effect = probe.isFatal ? ', so that the kubelet ended it' : '';
    const message = `The ${probe.kind} probe of ${subject} failed${effect}${afterColon(probe.detail)}`;
    // A member on a busy node may be in time at its next start; one that is not Ready may become so.
    const sighting = probe.isFatal ? String(container.restartCount) : '';
    return [{ ...shared, sighting, code: 'probe-failed', message, key: key('probe'), persistMs: Infinity }];
  }
  const ended = container.lastState?.terminated ?? terminated;
  const crashing = reason === 'CrashLoopBackOff' || (terminated !== undefined && container.restartCount > 0);
  if (!crashing) return [];
  if (ended?.reason === 'OOMKilled') {
    const message = `The ${subject} exceeded its memory limit and was killed (OOMKilled, exit code ${ended.exitCode}), ${times(container.restartCount + 1)}.`;
    return [{ ...shared, code: 'out-of-memory', message, key: key('crash') }];
  }
  const code = ended === undefined ? 'unknown exit code' : `exit code ${ended.exitCode}${inWords(ended.reason)}`;
  const message = `The ${subject} exits repeatedly (CrashLoopBackOff, ${code}), started ${times(container.restartCount + 1)}${afterColon(ended?.message)}`;
  return [{ ...shared, ...crashHint(ended?.message ?? ''), code: 'crash-loop', message, key: key('crash') }];
}

/** Returns a hint from the last log lines of a crashed server; empty when they contain no known cause. */
export function crashHint(log: string): { readonly hint?: string } {
  const option = /Unrecognized VM option '?([^'\s]+)'?/.exec(log)?.[1];
  if (option !== undefined)
    return { hint: `Remove ${option} from java-extra-opts: the JVM of this image does not support it.` };
  if (/Could not reserve enough space|insufficient memory for the Java Runtime/i.test(log)) {
    return { hint: 'Raise memory-request, or lower memory: the JVM cannot reserve its heap.' };
  }
  return {};
}

/** Event reasons of the kubelet that follow a successful mount. */
const afterMounts = /^(Pulling|Pulled|Created|Started)$/;

function examineMounts(pod: Pod, { events, isNew }: Situation): readonly Finding[] {
  // If a container has started, its volumes are mounted.
  const started = containersOf(pod).some(({ state, restartCount }) => state?.running !== undefined || restartCount > 0);
  if (started) return [];
  const name = pod.metadata.name;
  const objectEvents = eventsAbout(events, aboutPod(pod));
  const successes = objectEvents.filter(({ reason }) => afterMounts.test(reason ?? '')).map(lastSeen);
  return failuresSince(successes, objectEvents, /^Failed(Mount|AttachVolume)$/)
    .filter(({ event }) => isNew(event))
    .map(({ event, lastedMs }) => ({
      code: 'mount-failed',
      message: `A volume of pod ${name} cannot be mounted (${event.reason ?? ''})${afterColon(event.message)}`,
      pod: name,
      key: `mount ${pod.metadata.uid ?? name} ${event.metadata.name}`,
      persistMs: mountMs,
      lastedMs,
    }));
}

function examineScheduling(pod: Pod, { events, isNew, autoscaled }: Situation): readonly Finding[] {
  const scheduled = conditionOf(pod.status, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return [];
  const name = pod.metadata.name;
  // The cluster autoscaler reports its decision as an event of the pod; the latest one counts.
  const decision = eventsAbout(events, aboutPod(pod)).findLast(({ reason }) =>
    /^(Not)?Trigger(ed)?ScaleUp$/.test(reason ?? ''),
  );
  const refused =
    decision?.reason === 'NotTriggerScaleUp' &&
    isNew(decision) &&
    !/in backoff after failed scale-up/.test(decision.message ?? '');
  if (autoscaled && !refused) return [];
  const detail = scheduled.message ?? '';
  const autoscaler = refused ? ` The cluster autoscaler adds no node${afterColon(decision.message)}` : '';
  return [
    {
      code: 'unschedulable',
      message: `Pod ${name} cannot be scheduled on any node${afterColon(detail)}${autoscaler}`,
      ...schedulingHint(detail),
      pod: name,
      key: `place ${pod.metadata.uid ?? name}`,
      persistMs: schedulingMs,
    },
  ];
}

/** Returns a hint if more room on the nodes would not help; the words are those of the scheduler. */
function schedulingHint(detail: string): { readonly hint?: string } {
  if (/Insufficient /.test(detail)) return {};
  if (/untolerated taint/.test(detail))
    return { hint: 'Add tolerations of the taints of the nodes with `patches`, or a node pool without taints.' };
  if (/node affinity\/selector/.test(detail))
    return { hint: 'Add a node that the members select: with Linux on amd64, and with what `patches` ask for.' };
  return {};
}

function examineCreation({ statefulSet, pods, events, isNew }: Situation): readonly Finding[] {
  if (statefulSet === undefined || pods.length >= (statefulSet.spec.replicas ?? 1)) return [];
  const { name, uid } = statefulSet.metadata;
  const objectEvents = eventsAbout(events, { kind: 'StatefulSet', name, uid });
  const successes = [
    ...pods.map(({ metadata }) => metadata.creationTimestamp),
    ...objectEvents.filter(({ reason }) => reason === 'SuccessfulCreate').map(lastSeen),
  ];
  return failuresSince(successes, objectEvents, /^FailedCreate$/)
    .filter(({ event }) => isNew(event))
    .map(({ event: { metadata, message = '' }, lastedMs }) => ({
      code: refusalCode(message) ?? 'api-error',
      message: `The pods of StatefulSet ${name} cannot be created${afterColon(message)}`,
      key: `create ${uid ?? name} ${metadata.name}`,
      persistMs: creationMs,
      lastedMs,
    }));
}

function aboutPod({ metadata: { name, uid } }: Pod): { kind: string; name: string; uid: string | undefined } {
  return { kind: 'Pod', name, uid };
}

function afterColon(detail: string | undefined): string {
  const text = (detail ?? '').trim().replace(/\.$/, '');
  return text === '' ? '.' : `: ${text}.`;
}

function inWords(reason: string | undefined): string {
  return reason === undefined || reason === 'Error' ? '' : ` (${reason})`;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
