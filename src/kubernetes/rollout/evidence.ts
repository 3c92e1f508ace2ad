import { reasonOf } from '../../runtime/thrown.js';
import type { KubernetesApi } from '../api/api.js';
import type { ContainerStatus, Event, Pod, StatefulSet } from '../api/types.js';
import { conditionOf, containersOf, describePod, isReady, restartsOf } from '../pods.js';
import { crashHint } from './diagnose.js';
import { eventsAbout, lastSeen, timesSeen } from './events.js';

/** What the user needs to understand a failure without access to the cluster. */
export interface FailureEvidence {
  readonly text: string;
  /** A more specific hint, if the log contains the cause. */
  readonly hint?: string;
}

export interface RolloutState {
  readonly pods: readonly Pod[];
  readonly statefulSet: StatefulSet | undefined;
  readonly events: readonly Event[];
}

const logLines = 50;
/** Reading logs from a lost node hangs; the evidence must not delay the error for long. */
const timeoutMs = 10_000;
const maxPods = 3;
const maxEvents = 10;

/**
 * Collects the last state, the events and the last log lines of the pods that are not Ready, at most three, or of the
 * named one. If something cannot be read, the text contains the reason. `redact` hides secrets by value.
 */
export async function gatherEvidence(
  api: KubernetesApi,
  { pods, statefulSet, events }: RolloutState,
  redact: (text: string) => string,
  only?: string,
): Promise<FailureEvidence> {
  const limited = api.withSignal(AbortSignal.any([api.signal, AbortSignal.timeout(timeoutMs)]));
  const chosen = pods
    .filter(pod => (only === undefined ? !isReady(pod) : pod.metadata.name === only))
    .slice(0, maxPods);
  const logs = await Promise.all(chosen.map(pod => lastLogs(limited, pod)));
  api.signal.throwIfAborted();
  const sections = chosen.map((pod, index) =>
    [...describeState(pod), ...describeEvents(eventsOf('Pod', pod, events)), ...(logs[index] ?? [])].join('\n'),
  );
  const ofSet = statefulSet === undefined ? [] : describeEvents(eventsOf('StatefulSet', statefulSet, events));
  return {
    text: redact([...sections, ofSet.join('\n')].filter(text => text !== '').join('\n\n')),
    ...crashHint(logs.flat().join('\n')),
  };
}

/** Returns the state of a pod and of its containers, one line each. */
function describeState(pod: Pod): readonly string[] {
  const place = pod.spec.nodeName === undefined ? 'on no node' : `on node ${pod.spec.nodeName}`;
  const why = conditionOf(pod.status, 'PodScheduled')?.message;
  const head = `${describePod(pod)}, ${place}${why === undefined ? '' : ` (${why})`}`;
  return [
    head,
    ...containersOf(pod).map(container => `  container ${container.name}: ${describeContainer(container)}`),
  ];
}

function describeContainer({ state, lastState, restartCount }: ContainerStatus): string {
  const { waiting, running, terminated } = state ?? {};
  const now = waiting
    ? `waiting (${[waiting.reason, waiting.message].filter(text => text !== undefined).join(': ')})`
    : terminated
      ? `ended with exit code ${terminated.exitCode} (${terminated.reason ?? 'Unknown'})`
      : `running since ${running?.startedAt ?? 'an unknown time'}`;
  const before = lastState?.terminated;
  const ended =
    before === undefined ? '' : `, before that ended with exit code ${before.exitCode} (${before.reason ?? 'Unknown'})`;
  return `${now}${ended}, restarts ${restartCount}`;
}

/** Returns the latest events, one line each. */
export function describeEvents(events: readonly Event[]): readonly string[] {
  return events
    .slice(-maxEvents)
    .map(
      event =>
        `  ${lastSeen(event)} ${event.type ?? ''} ${event.reason ?? ''} x${timesSeen(event)}: ${event.message ?? ''}`,
    );
}

function eventsOf(
  kind: string,
  { metadata: { name, uid } }: Pod | StatefulSet,
  events: readonly Event[],
): readonly Event[] {
  return eventsAbout(events, { kind, name, uid });
}

async function lastLogs(api: KubernetesApi, pod: Pod): Promise<readonly string[]> {
  const { namespace = 'default', name } = pod.metadata;
  const read = async (container: string, previous: boolean): Promise<string> => {
    const title = `  last log lines of container ${container}${previous ? ' before its restart' : ''}:`;
    try {
      const why = `read the log of ${name}`;
      const text = await api.logs({ namespace, name }, container, { tailLines: logLines, previous }, why);
      return text.trim() === '' ? '' : `${title}\n${text.trimEnd()}`;
    } catch (error) {
      return `${title} not readable: ${reasonOf(error)}`;
    }
  };
  // A waiting container may have run before: its log is then that of the previous run.
  const started = containersOf(pod).filter(
    ({ state, lastState }) => state?.waiting === undefined || lastState?.terminated !== undefined,
  );
  const restarted = restartsOf(pod) > 0;
  const logs = started.flatMap(({ name: container }) => [
    ...(restarted ? [read(container, true)] : []),
    read(container, false),
  ]);
  return (await Promise.all(logs)).filter(text => text !== '');
}
