import type { ErrorCode } from '../errors/catalogue.js';
import { admissionPattern } from './api-error.js';
import { conditionOf, containersOf, eventsAbout, isReady, timesSeen } from './pods.js';
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
  /** Changes when the trouble has happened once more. */
  readonly sighting: string;
  /** How long the trouble must last to be believed when it does not happen again, in milliseconds. */
  readonly persistMs: number;
}

export interface Situation {
  /** The pods of the StatefulSet. */
  readonly pods: readonly Pod[];
  readonly statefulSet: StatefulSet | undefined;
  /** The events of the namespace. */
  readonly events: readonly Event[];
  /** Whether an autoscaler may add nodes, so that a pod without a place can be waited for. */
  readonly autoscaled: boolean;
}

const shortMs = 3_000;
/** The scheduler tries again as soon as another pod leaves; the pod is without a place only when that has not helped. */
const placeMs = 10_000;

/**
 * What keeps members from becoming Ready, the most telling first. A finding may be transient, as a first failed pull
 * is: see `createDoubleCheck`.
 */
export function diagnose(situation: Situation): readonly Finding[] {
  const { pods, events, autoscaled } = situation;
  const troubled = pods.filter(pod => !isReady(pod) && pod.metadata.deletionTimestamp === undefined);
  return [
    ...troubled.flatMap(pod => containersOf(pod).flatMap(container => examineContainer(pod, container))),
    ...troubled.flatMap(pod => examineMounts(pod, events)),
    ...troubled.flatMap(pod => examinePlace(pod, events, autoscaled)),
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

function examineMounts(pod: Pod, events: readonly Event[]): readonly Finding[] {
  // The event outlives the trouble; a container that was ever started has its volumes.
  const started = containersOf(pod).some(({ state, restartCount }) => state?.running !== undefined || restartCount > 0);
  const event = eventsAbout(events, aboutPod(pod)).findLast(({ reason }) =>
    /^Failed(Mount|AttachVolume)$/.test(reason ?? ''),
  );
  if (started || event === undefined) return [];
  const name = pod.metadata.name;
  return [
    {
      code: 'mount-failed',
      message: `A volume of pod ${name} cannot be mounted (${event.reason ?? ''})${afterColon(event.message)}`,
      pod: name,
      key: `mount ${pod.metadata.uid ?? name}`,
      sighting: String(timesSeen(event)),
      persistMs: placeMs,
    },
  ];
}

function examinePlace(pod: Pod, events: readonly Event[], autoscaled: boolean): readonly Finding[] {
  const scheduled = conditionOf(pod.status, 'PodScheduled');
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return [];
  const name = pod.metadata.name;
  // The cluster autoscaler says on the pod what it makes of it; its last word counts.
  const verdict = eventsAbout(events, aboutPod(pod)).findLast(({ reason }) =>
    /^(Not)?Trigger(ed)?ScaleUp$/.test(reason ?? ''),
  );
  const refused =
    verdict?.reason === 'NotTriggerScaleUp' && !/in backoff after failed scale-up/.test(verdict.message ?? '');
  if (autoscaled && !refused) return [];
  const autoscaler = refused ? ` The cluster autoscaler adds no node${afterColon(verdict.message)}` : '';
  return [
    {
      code: 'unschedulable',
      message: `No node has a place for pod ${name}${afterColon(scheduled.message)}${autoscaler}`,
      pod: name,
      key: `place ${pod.metadata.uid ?? name}`,
      sighting: verdict === undefined ? '' : String(timesSeen(verdict)),
      persistMs: placeMs,
    },
  ];
}

function examineCreation({ statefulSet, pods, events }: Situation): readonly Finding[] {
  if (statefulSet === undefined || pods.length >= (statefulSet.spec.replicas ?? 1)) return [];
  const { name, uid } = statefulSet.metadata;
  const subject = { kind: 'StatefulSet', name, ...(uid === undefined ? {} : { uid }) };
  const event = eventsAbout(events, subject).findLast(({ reason }) => reason === 'FailedCreate');
  if (event === undefined) return [];
  const said = event.message ?? '';
  return [
    {
      code: admissionPattern.test(said) ? 'admission-denied' : 'api-error',
      message: `The pods of StatefulSet ${name} cannot be created${afterColon(said)}`,
      key: `create ${uid ?? name}`,
      sighting: String(timesSeen(event)),
      persistMs: shortMs,
    },
  ];
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
