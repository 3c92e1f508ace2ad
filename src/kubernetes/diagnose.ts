import type { ErrorCode } from '../errors/catalogue.js';
import { admissionPattern } from './api-error.js';
import { eventsAbout, failuresSince, lastSeen } from './events.js';
import { conditionOf, containersOf, isReady } from './pods.js';
import type { ContainerStatus, Event, Pod, StatefulSet } from './types.js';

/** What keeps a member from becoming Ready. */
export interface Finding {
  readonly code: ErrorCode;
  /** Names pod, container and reason. */
  readonly message: string;
  readonly hint?: string;
  /** The pod it is about, for the evidence; undefined when there is none yet. */
  readonly pod?: string;
  /** The same for the same trouble of the same object. */
  readonly key: string;
  /** Changes when the trouble has happened once more, where that proves it; otherwise it must last without a break. */
  readonly sighting?: string;
  /** How long the trouble must last to be believed, in milliseconds. */
  readonly persistMs: number;
  /** How long it has lasted by the stamps of events, whose reporter tries again; undefined: as long as it is seen. */
  readonly lastedMs?: number;
}

export interface Situation {
  /** The pods of the StatefulSet. */
  readonly pods: readonly Pod[];
  readonly statefulSet: StatefulSet | undefined;
  /** The events of the namespace. */
  readonly events: readonly Event[];
  /** Whether an event tells of now: one that was there before may be about a cause that is gone. */
  readonly isNew: (event: Event) => boolean;
  /** Whether an autoscaler may add nodes, so that a pod without a place can be waited for. */
  readonly autoscaled: boolean;
}

const shortMs = 3_000;
/** The scheduler tries again as soon as another pod leaves; the pod is without a place only when that has not helped. */
const placeMs = 10_000;
/** The kubelet retries after half a second and doubles its delay: the retry after 15 s decides. */
const mountMs = 10_000;
/**
 * The StatefulSet controller retries after 5 ms and doubles its delay: about 5, 10 and 20 s after the first failure. The
 * retry after 10 s decides: by then most webhooks have restarted, and a write conflict on a quota is over.
 */
const creationMs = 8_000;

/**
 * What keeps members from becoming Ready, the most telling first. A finding may be transient, as a first failed pull
 * is: see `createDoubleCheck`. An event counts only when it is new, and newer than what the object achieved last.
 */
export function diagnose(situation: Situation): readonly Finding[] {
  const { pods } = situation;
  const troubled = pods.filter(pod => !isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  return [
    ...troubled.flatMap(pod => containersOf(pod).flatMap(container => examineContainer(pod, container))),
    ...troubled.flatMap(pod => examineMounts(pod, situation)),
    ...troubled.flatMap(pod => examinePlace(pod, situation)),
    ...examineCreation(situation),
  ];
}

/** Reasons under which a container waits for an image; the kubelet alternates between the first two. */
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

function examineContainer(pod: Pod, container: ContainerStatus): readonly Finding[] {
  const { waiting, terminated } = container.state ?? {};
  const reason = waiting?.reason ?? '';
  const subject = `container ${container.name} of pod ${pod.metadata.name}`;
  const shared = { pod: pod.metadata.name, sighting: `${reason} ${container.restartCount}`, persistMs: shortMs };
  const key = (trouble: string): string => `${trouble} ${pod.metadata.uid ?? pod.metadata.name} ${container.name}`;

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
  const ended = container.lastState?.terminated ?? terminated;
  const crashing = reason === 'CrashLoopBackOff' || (terminated !== undefined && container.restartCount > 0);
  if (!crashing) return [];
  if (ended?.reason === 'OOMKilled') {
    const message = `The ${subject} was killed for using more memory than it may (OOMKilled, exit code ${ended.exitCode}), ${times(container.restartCount + 1)}.`;
    return [{ ...shared, code: 'out-of-memory', message, key: key('crash') }];
  }
  const code = ended === undefined ? 'it crashes' : `exit code ${ended.exitCode}${inWords(ended.reason)}`;
  const message = `The ${subject} does not stay up (CrashLoopBackOff, ${code}), started ${times(container.restartCount + 1)}${afterColon(ended?.message)}`;
  return [{ ...shared, ...crashHint(ended?.message ?? ''), code: 'crash-loop', message, key: key('crash') }];
}

/** What the last words of a crashed server tell about the cause; empty when they tell nothing. */
export function crashHint(log: string): { readonly hint?: string } {
  const option = /Unrecognized VM option '?([^'\s]+)'?/.exec(log)?.[1];
  if (option !== undefined)
    return { hint: `Remove ${option} from java-extra-opts: the JVM of this image does not know it.` };
  if (/Could not reserve enough space|insufficient memory for the Java Runtime/i.test(log)) {
    return { hint: 'Raise memory-request, or lower memory: the JVM cannot get the heap it asks for.' };
  }
  return {};
}

/** What follows the mounts of a pod in the words of its kubelet. */
const afterMounts = /^(Pulling|Pulled|Created|Started)$/;

function examineMounts(pod: Pod, { events, isNew }: Situation): readonly Finding[] {
  // A container that was ever started has its volumes.
  const started = containersOf(pod).some(({ state, restartCount }) => state?.running !== undefined || restartCount > 0);
  if (started) return [];
  const name = pod.metadata.name;
  const about = eventsAbout(events, aboutPod(pod));
  const successes = about.filter(({ reason }) => afterMounts.test(reason ?? '')).map(lastSeen);
  return failuresSince(successes, about, /^Failed(Mount|AttachVolume)$/)
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

function examinePlace(pod: Pod, { events, isNew, autoscaled }: Situation): readonly Finding[] {
  const scheduled = conditionOf(pod.status, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return [];
  const name = pod.metadata.name;
  // The cluster autoscaler says on the pod what it makes of it; its last word counts.
  const verdict = eventsAbout(events, aboutPod(pod)).findLast(({ reason }) =>
    /^(Not)?Trigger(ed)?ScaleUp$/.test(reason ?? ''),
  );
  const refused =
    verdict?.reason === 'NotTriggerScaleUp' &&
    isNew(verdict) &&
    !/in backoff after failed scale-up/.test(verdict.message ?? '');
  if (autoscaled && !refused) return [];
  const autoscaler = refused ? ` The cluster autoscaler adds no node${afterColon(verdict.message)}` : '';
  return [
    {
      code: 'unschedulable',
      message: `No node has a place for pod ${name}${afterColon(scheduled.message)}${autoscaler}`,
      pod: name,
      key: `place ${pod.metadata.uid ?? name}`,
      persistMs: placeMs,
    },
  ];
}

function examineCreation({ statefulSet, pods, events, isNew }: Situation): readonly Finding[] {
  if (statefulSet === undefined || pods.length >= (statefulSet.spec.replicas ?? 1)) return [];
  const { name, uid } = statefulSet.metadata;
  const about = eventsAbout(events, { kind: 'StatefulSet', name, ...(uid === undefined ? {} : { uid }) });
  const successes = [
    ...pods.map(({ metadata }) => metadata.creationTimestamp),
    ...about.filter(({ reason }) => reason === 'SuccessfulCreate').map(lastSeen),
  ];
  return failuresSince(successes, about, /^FailedCreate$/)
    .filter(({ event }) => isNew(event))
    .map(({ event: { metadata, message = '' }, lastedMs }) => ({
      code: admissionPattern.test(message) ? 'admission-denied' : 'api-error',
      message: `The pods of StatefulSet ${name} cannot be created${afterColon(message)}`,
      key: `create ${uid ?? name} ${metadata.name}`,
      persistMs: creationMs,
      lastedMs,
    }));
}

function aboutPod({ metadata: { name, uid } }: Pod): { kind: string; name: string; uid?: string } {
  return { kind: 'Pod', name, ...(uid === undefined ? {} : { uid }) };
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
