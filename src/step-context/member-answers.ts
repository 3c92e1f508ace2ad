import { ActionError } from '../errors/action-error.js';
import type { Note } from '../journal/journal.js';
import type { KubernetesApi } from '../kubernetes/api/api.js';
import { askPod, type PodAnswer, type PodRequest } from '../kubernetes/api/pod-proxy.js';
import type { Pod, StatefulSet } from '../kubernetes/api/types.js';
import { unseen } from '../kubernetes/api/unseen.js';
import { memberPortOf } from '../migratorydata/live-options.js';
import type { Context } from './context.js';

interface Asked {
  readonly namespace: string;
  readonly statefulSet: StatefulSet;
  readonly pods: readonly Pod[];
}

const [timeoutMs, pauseMs] = [2_000, 1_000];
/** How long a member that is Ready may take to answer, in milliseconds. */
const patienceMs = 10_000;

/**
 * Asks each member by itself: readiness only means an open port, and a request through the Service reaches one of them. If
 * none answers, the API server may have no way to them, which is a warning: the Service shows whether they answer.
 * @throws ActionError `member-not-answering`.
 */
export async function checkMemberAnswers(
  { journal }: Context,
  api: KubernetesApi,
  { namespace, statefulSet, pods }: Asked,
  note: Note,
): Promise<void> {
  const port = memberPortOf(statefulSet);
  const deadlineMs = api.clock.now() + patienceMs;
  const asked = await Promise.all(
    pods.map(async ({ metadata: { name }, spec }) => {
      const request = { namespace, name, port, timeoutMs, notSeen: unseen.answers };
      return { name, node: spec.nodeName ?? '', answer: await askUntil(deadlineMs, api, request) };
    }),
  );
  const namesWith = (...answers: readonly Answer[]): readonly string[] =>
    asked.filter(({ answer }) => answers.includes(answer)).map(({ name }) => name);
  if (namesWith('forbidden').length > 0) return;
  const answering = namesWith('answered');
  if (answering.length === asked.length) {
    note('Each member answers a request of its own.');
    return;
  }
  if (answering.length === 0) {
    journal.warn(
      'Not verified whether each member answers: the API server gets no answer from any of them. A NetworkPolicy may not admit it.',
    );
    return;
  }
  const unknown = namesWith('unknown', 'absent');
  if (unknown.length > 0)
    journal.warn(`Not verified whether ${unknown.join(', ')} answers: the API server cannot ask it.`);
  const silent = asked.filter(({ answer }) => answer === 'no answer' || answer === 'not reached');
  if (silent.length === 0) return;
  const list = silent.map(({ name, node, answer }) => `${name} on node ${node} (${answer})`).join(', ');
  throw new ActionError(
    'member-not-answering',
    `For ${patienceMs / 1000} s, GET / on port ${port} through the API server got no answer from ${list}, but one from ${answering.join(', ')}.`,
  );
}

type Answer = PodAnswer | 'unknown';

/** Asks a pod until it answers or the time is over. */
async function askUntil(deadlineMs: number, api: KubernetesApi, request: PodRequest): Promise<Answer> {
  for (;;) {
    const answer = await askPod(api, request).catch(() => 'unknown' as const);
    api.signal.throwIfAborted();
    if (answer === 'answered' || answer === 'forbidden' || api.clock.now() >= deadlineMs) return answer;
    await api.clock.sleep(pauseMs, api.signal);
  }
}
