import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiReply, ask, follow } from '../client.js';
import { fieldOf, resourceOf } from './objects.js';
import { type KubernetesStandIn, startKubernetes } from './stand-in.js';

const core = '/api/v1/namespaces/demo';
const setPath = '/apis/apps/v1/namespaces/demo/statefulsets/m';
const budgetPath = '/apis/policy/v1/namespaces/demo/poddisruptionbudgets/m';

/** Only stops hangs. */
jest.setTimeout(30_000);

let folder: string;
let socket: string;
let kubernetes: KubernetesStandIn;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mda-'));
  socket = join(folder, 's');
  kubernetes = await startKubernetes(socket);
  await ask(socket, { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'demo' } } });
});

afterEach(async () => {
  await kubernetes.close();
  await rm(folder, { recursive: true });
});

function apply(path: string, body: object, query = 'fieldManager=ours&force=true'): Promise<ApiReply> {
  return ask(socket, { method: 'PATCH', path: `${path}?${query}`, body, contentType: 'application/apply-patch+yaml' });
}

function statefulSet(image: string, spec: object = {}): object {
  const labels = { app: 'm' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'server', image }] } };
  const whole = { serviceName: 'hs', selector: { matchLabels: labels }, template, ...spec };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'm' }, spec: whole };
}

async function until(holds: () => boolean): Promise<void> {
  for (let round = 0; round < 4000 && !holds(); round += 1) await new Promise(resolve => setTimeout(resolve, 5));
  expect(holds()).toBe(true);
}

const status = (field: string): unknown => fieldOf(kubernetes.get('StatefulSet', 'demo', 'm'), `status.${field}`);
const allReady = (count: number) => () => status('readyReplicas') === count && status('replicas') === count;
const images = (): unknown[] => kubernetes.list('Pod', 'demo').map(({ spec }) => fieldOf(spec, 'containers.0.image'));

describe('server-side apply', () => {
  it('creates, and keeps the resource version when nothing changes', async () => {
    const first = await apply(setPath, statefulSet('a', { replicas: 1 }));
    await until(allReady(1));
    const settled = await ask(socket, { path: setPath });
    const second = await apply(setPath, statefulSet('a', { replicas: 1 }));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(fieldOf(second.body, 'metadata.resourceVersion')).toBe(fieldOf(settled.body, 'metadata.resourceVersion'));
  });

  it('resets a field that its only owner drops', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }));
    const { body } = await apply(setPath, statefulSet('a'));
    expect(fieldOf(body, 'spec.replicas')).toBe(1);
  });

  it('keeps a field that another manager has changed since', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }));
    await ask(socket, {
      method: 'PATCH',
      path: `${setPath}/scale?fieldManager=autoscaler`,
      body: { spec: { replicas: 5 } },
      contentType: 'application/merge-patch+json',
    });
    const { body } = await apply(setPath, statefulSet('a'));
    expect(fieldOf(body, 'spec.replicas')).toBe(5);
  });

  it('is a conflict when another manager owns a field, unless forced', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }), 'fieldManager=theirs');
    const refused = await apply(setPath, statefulSet('a', { replicas: 4 }), 'fieldManager=ours');
    expect(refused.status).toBe(409);
    expect(refused.body['message']).toContain('.spec.replicas');
    expect((await apply(setPath, statefulSet('a', { replicas: 4 }))).status).toBe(200);
  });

  it('stores nothing on a dry run', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }), 'fieldManager=ours&dryRun=All');
    expect(kubernetes.get('StatefulSet', 'demo', 'm')).toBeUndefined();
  });

  it('refuses changes of immutable fields, and namespaces that do not exist', async () => {
    await apply(setPath, statefulSet('a'));
    expect((await apply(setPath, statefulSet('a', { serviceName: 'other' }))).status).toBe(422);
    expect((await apply(setPath.replace('demo', 'none'), statefulSet('a'))).status).toBe(404);
  });
});

describe('the controllers', () => {
  it('start members in order, spread over the nodes', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }));
    await until(allReady(3));
    const nodes = kubernetes.list('Pod', 'demo').map(({ spec }) => fieldOf(spec, 'nodeName'));
    expect(new Set(nodes).size).toBe(3);
  });

  it('update from the highest ordinal down to the partition', async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }));
    await until(allReady(3));
    const updateStrategy = { type: 'RollingUpdate', rollingUpdate: { partition: 2 } };
    await apply(setPath, statefulSet('b', { replicas: 3, updateStrategy }));
    await until(() => status('updatedReplicas') === 1 && allReady(3)());
    expect(images().sort()).toEqual(['a', 'a', 'b']);
    expect(status('currentRevision')).not.toBe(status('updateRevision'));
    await apply(setPath, statefulSet('b', { replicas: 3 }));
    await until(() => status('currentRevision') === status('updateRevision') && allReady(3)());
    expect(images()).toEqual(['b', 'b', 'b']);
  });

  it('stop at a member that does not become Ready', async () => {
    kubernetes.behaviour.podFault = ({ image }) => (image === 'bad' ? 'image-pull' : undefined);
    await apply(setPath, statefulSet('bad', { replicas: 3 }));
    const reason = (): unknown =>
      fieldOf(kubernetes.get('Pod', 'demo', 'm-0'), 'status.containerStatuses.0.state.waiting.reason');
    await until(() => reason() === 'ImagePullBackOff');
    expect(kubernetes.list('Pod', 'demo')).toHaveLength(1);
  });

  it('keep the count within the bounds of an autoscaler', async () => {
    await apply(setPath, statefulSet('a', { replicas: 2 }));
    const scaleTargetRef = { kind: 'StatefulSet', name: 'm' };
    const spec = { minReplicas: 3, maxReplicas: 5, scaleTargetRef };
    const metadata = { name: 'm', namespace: 'demo' };
    kubernetes.put({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec });
    await until(allReady(3));
  });

  it('empty a namespace before it is deleted', async () => {
    await apply(setPath, statefulSet('a', { replicas: 2 }));
    await until(allReady(2));
    // The pods stay until the test deletes them, so that the namespace is observed while it terminates.
    kubernetes.behaviour.podEndMs = 3_600_000;
    await ask(socket, { method: 'DELETE', path: '/api/v1/namespaces/demo' });
    expect((await apply(`${core}/configmaps/c`, { apiVersion: 'v1', kind: 'ConfigMap' })).status).toBe(403);
    // Before the StatefulSet is gone, its controller replaces each pod.
    await until(() => kubernetes.list('StatefulSet', 'demo').length === 0);
    for (const { metadata } of kubernetes.list('Pod', 'demo')) {
      kubernetes.store.remove(resourceOf('Pod'), 'demo', metadata.name);
    }
    await until(() => kubernetes.get('Namespace', undefined, 'demo') === undefined);
    expect(kubernetes.list('Pod', 'demo')).toEqual([]);
  });
});

describe('eviction', () => {
  beforeEach(async () => {
    await apply(setPath, statefulSet('a', { replicas: 3 }));
    const selector = { matchLabels: { app: 'm' } };
    const spec = { minAvailable: 3, selector };
    await apply(budgetPath, { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', spec });
    await until(allReady(3));
  });
  const evict = (): Promise<ApiReply> =>
    ask(socket, { method: 'POST', path: `${core}/pods/m-1/eviction`, body: { metadata: { name: 'm-1' } } });

  it('is refused in the words of the budget when it allows no disruption', async () => {
    const { status: code, body } = await evict();
    expect(code).toBe(429);
    expect(JSON.stringify(body['details'])).toContain(
      'The disruption budget m needs 3 healthy pods and has 3 currently',
    );
  });

  it('deletes a pod when the budget allows it, and the StatefulSet replaces the pod', async () => {
    const former = kubernetes.get('Pod', 'demo', 'm-1')?.metadata.uid;
    await apply(setPath, statefulSet('a', { replicas: 4 }));
    await until(() => fieldOf(kubernetes.get('PodDisruptionBudget', 'demo', 'm'), 'status.disruptionsAllowed') === 1);
    expect((await evict()).status).toBe(201);
    await until(() => kubernetes.get('Pod', 'demo', 'm-1')?.metadata.uid !== former && allReady(4)());
  });
});

describe('a watch', () => {
  it('continues from a resource version without a gap', async () => {
    const { body } = await ask(socket, { path: `${core}/configmaps` });
    const from = String(fieldOf(body, 'metadata.resourceVersion'));
    await apply(`${core}/configmaps/early`, { apiVersion: 'v1', kind: 'ConfigMap' });
    const events = follow(socket, `${core}/configmaps?watch=1&resourceVersion=${from}`);
    expect((await events.next()).value).toMatchObject({ type: 'ADDED', object: { metadata: { name: 'early' } } });
    await ask(socket, { method: 'DELETE', path: `${core}/configmaps/early` });
    expect((await events.next()).value).toMatchObject({ type: 'DELETED' });
    await events.return(undefined);
  });

  it('gets an error when its version has expired', async () => {
    kubernetes.store.compact();
    const events = follow(socket, `${core}/pods?watch=1&resourceVersion=1`);
    expect((await events.next()).value).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });

  it('shows only what matches its selector', async () => {
    const events = follow(
      socket,
      `${core}/configmaps?watch=1&labelSelector=${encodeURIComponent('app in (x,y),!off')}`,
    );
    const first = events.next();
    const labelled = (labels: object): object => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { labels } });
    await apply(`${core}/configmaps/a`, labelled({ app: 'z' }));
    await apply(`${core}/configmaps/b`, labelled({ app: 'x', off: 'yes' }));
    await apply(`${core}/configmaps/c`, labelled({ app: 'y' }));
    expect((await first).value).toMatchObject({ object: { metadata: { name: 'c' } } });
    await events.return(undefined);
  });
});

describe('a scripted refusal', () => {
  it('responds as the API server would, as often as set, and every call is recorded', async () => {
    const refusal = { status: 403, reason: 'Forbidden', message: 'pods is forbidden', times: 1 };
    kubernetes.refuse({ method: 'GET', path: '/pods', ...refusal });
    expect(await ask(socket, { path: `${core}/pods` })).toMatchObject({
      status: 403,
      body: { kind: 'Status', reason: 'Forbidden', message: 'pods is forbidden' },
    });
    expect((await ask(socket, { path: `${core}/pods` })).status).toBe(200);
    expect(kubernetes.lines()).toEqual(['POST /api/v1/namespaces', `GET ${core}/pods`, `GET ${core}/pods`]);
    expect(kubernetes.lines('changes')).toEqual(['POST /api/v1/namespaces']);
    await kubernetes.called({ path: /pods$/ });
  });
});
