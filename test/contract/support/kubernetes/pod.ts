import type { PodFault } from './behaviour.js';
import { fieldOf, type Json, type StoredObject, textOf } from './objects.js';
import type { Draft } from './store.js';

const owner = 'StatefulSet';

export interface PodPlan {
  readonly set: StoredObject;
  readonly ordinal: number;
  readonly revision: string;
  readonly template: Json;
  readonly nodeName: string | undefined;
}

/** Returns a new pod of a StatefulSet, before the kubelet starts it. */
export function newPod({ set, ordinal, revision, template, nodeName }: PodPlan): Draft {
  const { name, namespace, uid } = set.metadata;
  const podName = `${name}-${ordinal}`;
  const labels = {
    ...((fieldOf(template, 'metadata.labels') ?? {}) as Json),
    'controller-revision-hash': revision,
    'statefulset.kubernetes.io/pod-name': podName,
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: podName,
      ...(namespace === undefined ? {} : { namespace }),
      labels,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: owner, name, uid, controller: true }],
    },
    spec: { ...(template['spec'] as Json), ...(nodeName === undefined ? {} : { nodeName }) },
    status: { phase: 'Pending', conditions: [condition('PodScheduled', nodeName !== undefined, 'Unschedulable')] },
  };
}

export function imageOf(pod: Pick<StoredObject, 'spec'>): string {
  const containers = (pod.spec?.['containers'] ?? []) as readonly Json[];
  const server = containers.find(({ name }) => name === 'migratorydata');
  return textOf(server ?? containers[0], 'image');
}

/** Returns the status of a pod from its kubelet; `attempt` counts the updates of a failing pod. */
export function podStatus(pod: StoredObject, fault: PodFault | undefined, attempt: number): Json {
  if (fault === 'unschedulable') {
    const message = '0/3 nodes are available: 3 Insufficient cpu.';
    return { phase: 'Pending', conditions: [{ ...condition('PodScheduled', false, 'Unschedulable'), message }] };
  }
  const ready = fault === undefined;
  const containers = ((pod.spec?.['containers'] ?? []) as readonly Json[]).map(({ name, image }) => ({
    name,
    image,
    ready,
    ...containerState(fault, String(image), attempt),
  }));
  const conditions = [condition('PodScheduled', true), condition('Ready', ready, 'ContainersNotReady')];
  const phase = fault === 'image-pull' ? 'Pending' : 'Running';
  return { phase, podIP: '10.244.0.10', conditions, containerStatuses: containers };
}

function containerState(fault: PodFault | undefined, image: string, attempt: number): Json {
  if (typeof fault === 'object') return { restartCount: 0, state: { waiting: fault.waiting } };
  switch (fault) {
    case 'image-pull': {
      const reason = attempt === 0 ? 'ErrImagePull' : 'ImagePullBackOff';
      const message = `failed to pull and unpack image "${image}": not found`;
      return { restartCount: 0, state: { waiting: { reason, message } } };
    }
    case 'crash-loop': {
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' };
      const terminated = { reason: 'Error', exitCode: 1, message: '' };
      return { restartCount: attempt + 1, state: { waiting }, lastState: { terminated } };
    }
    default:
      return { restartCount: 0, containerID: 'containerd://1', state: { running: {} } };
  }
}

function condition(type: string, holds: boolean, reason = ''): Json {
  return { type, status: holds ? 'True' : 'False', ...(holds || reason === '' ? {} : { reason }) };
}

/** Returns whether a pod is Ready and not terminating. */
export function isReady({ metadata, status }: StoredObject): boolean {
  const conditions = (status?.['conditions'] ?? []) as readonly Json[];
  return (
    metadata.deletionTimestamp === undefined &&
    conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')
  );
}
