import type { Condition, ContainerStatus, Event, Pod, StatefulSet } from '../../../src/kubernetes/api/types.js';
import { deploymentLabels } from '../../../src/migratorydata/object-names.js';

export const namespace = 'ns';
const labels = deploymentLabels('migratorydata');
export const pods = '/api/v1/namespaces/ns/pods';
export const statefulSets = '/apis/apps/v1/namespaces/ns/statefulsets';
export const events = '/api/v1/namespaces/ns/events';

/** The owner reference of the pods of the StatefulSet. */
export const controller = { kind: 'StatefulSet', name: 'migratorydata', uid: 'set', controller: true };

interface PodOptions {
  readonly ready?: boolean;
  readonly uid?: string;
  readonly revision?: string;
  readonly node?: string;
  readonly deleting?: boolean;
  readonly conditions?: readonly Condition[];
  readonly containers?: readonly Partial<ContainerStatus>[];
}

/** A member, Ready by default. */
export function podOf(ordinal: number, options: PodOptions = {}): Pod {
  const { ready = true, uid = `uid-${ordinal}`, revision = 'r1', node = 'n1', deleting = false } = options;
  const { conditions = [], containers = [] } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `migratorydata-${ordinal}`,
      namespace,
      uid,
      labels: { ...labels, 'controller-revision-hash': revision },
      ownerReferences: [controller],
      ...(deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
    },
    spec: { nodeName: node, containers: [{ name: 'migratorydata' }] },
    status: {
      phase: ready ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }, ...conditions],
      containerStatuses: containers.map(container => ({
        name: 'migratorydata',
        ready: false,
        restartCount: 0,
        image: 'migratorydata/server:6',
        ...container,
      })),
    },
  };
}

/** Pods with the label of the members that are not members: each has its own name and UID, and no revision. */
export function foreignPods(): readonly Pod[] {
  const foreign = (name: string, more: Partial<Pod['metadata']>, options: PodOptions = {}): Pod => {
    const { spec, status, ...rest } = podOf(0, options);
    return {
      ...rest,
      metadata: { name, namespace, uid: name, labels, ...more },
      spec,
      status,
    };
  };
  const replicaSet = { kind: 'ReplicaSet', name: 'web', uid: 'web', controller: true };
  return [
    foreign('debug-shell', {}),
    foreign('waiting', {}, { ready: false }),
    foreign('web-7d9f-x2x4z', { ownerReferences: [replicaSet] }, { ready: false }),
    foreign('migratorydata-9', { ownerReferences: [{ ...controller, uid: 'a former StatefulSet' }] }),
  ];
}

/** The StatefulSet of the members with the status from its controller. */
export function setOf(
  replicas: number,
  options: { readonly generation?: number; readonly revision?: string } = {},
): StatefulSet {
  const { generation = 1, revision = 'r1' } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'migratorydata', namespace, uid: 'set', generation },
    spec: { replicas, minReadySeconds: 10, template: { spec: { image: revision } } },
    status: { observedGeneration: 1, currentRevision: 'r1', updateRevision: revision, availableReplicas: 0 },
  };
}

export function eventOf(kind: string, name: string, reason: string, message: string, more: Partial<Event> = {}): Event {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${reason}`, namespace },
    type: 'Warning',
    reason,
    message,
    count: 1,
    lastTimestamp: '2026-01-01T00:00:00Z',
    involvedObject: { kind, name },
    ...more,
  };
}
