import { describe, expect, it } from '@jest/globals';
import type { ContainerStatus, Pod } from '../../../src/kubernetes/api/types.js';
import { describePod } from '../../../src/kubernetes/pods.js';
import { diagnose } from '../../../src/kubernetes/rollout/diagnose.js';
import { podOf } from './samples.js';

const container = (name: string, state: ContainerStatus['state'], restartCount = 0): ContainerStatus => ({
  ...{ name, ready: false, restartCount, image: `${name}:1` },
  ...(state && { state }),
});
const completed = { terminated: { exitCode: 0, reason: 'Completed' } };
const waiting = { waiting: { reason: 'ContainerCreating' } };

/** A pod with containers of others, which stand before the one of the server. */
function podWith(server: ContainerStatus['state'], init = container('istio-init', completed, 1)): Pod {
  const pod = podOf(0, { ready: false });
  const containerStatuses = [container('istio-proxy', { running: {} }), container('migratorydata', server)];
  return { ...pod, status: { ...pod.status, initContainerStatuses: [init], containerStatuses } };
}
const codesOf = (pod: Pod): readonly string[] =>
  diagnose({ pods: [pod], statefulSet: undefined, events: [], isNew: () => true, autoscaled: false }).map(
    ({ code }) => code,
  );

describe('a pod with containers of others', () => {
  it.each([
    ['that waits', podWith(waiting), 'migratorydata-0 is ContainerCreating', []],
    ['that runs', podWith({ running: {} }), 'migratorydata-0 is Pending', []],
    [
      'that a queue holds back',
      {
        ...podOf(0, { ready: false }),
        spec: { ...podOf(0).spec, schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] },
      },
      'migratorydata-0 is Pending, held by the scheduling gate kueue.x-k8s.io/admission',
      [],
    ],
    [
      'that crashes',
      podWith({ waiting: { reason: 'CrashLoopBackOff' } }),
      'migratorydata-0 is CrashLoopBackOff',
      ['crash-loop'],
    ],
    [
      'whose init container fails repeatedly',
      podWith(waiting, container('istio-init', { terminated: { exitCode: 1, reason: 'Error' } }, 1)),
      'migratorydata-0 is Error',
      ['crash-loop'],
    ],
  ])('%s is described by what it lacks, not by an init container that has completed', (_, pod, text, codes) => {
    expect([describePod(pod), codesOf(pod)]).toEqual([text, codes]);
  });
});
