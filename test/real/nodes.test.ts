import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';

import type { Node, Pod, Service } from '../../src/kubernetes/api/types.js';
import type { RealCluster } from '../lab/real/cluster.js';
import { describeKindNode } from '../lab/cluster/node-object.js';
import { busyboxImage as image } from '../lab/real/lab-images.js';
import { waitForObjects } from '../lab/wait.js';
import { endCluster } from './support/end-cluster.js';
import { describeHost, differencesFrom } from './support/host.js';
import { start } from './support/start.js';

jest.setTimeout(600_000);

const readyMessage = (conditions: Node['status']['conditions']): string =>
  conditions?.find(({ type }) => type === 'Ready')?.message ?? '';

const [first, second] = ['kind-worker', 'kind-worker2'];

describe('a real node', () => {
  let cluster: RealCluster;
  let before: readonly string[];

  const untilReady = (name: string, status: string): Promise<readonly Node[]> =>
    waitForObjects<Node>(cluster.api, '/api/v1/nodes', nodes =>
      nodes.some(
        ({ metadata, status: { conditions = [] } }) =>
          metadata.name === name && conditions.some(({ type, status: now }) => type === 'Ready' && now === status),
      ),
    );
  const bootId = async (name: string): Promise<string | undefined> =>
    (await cluster.api.request<Node>('GET', `/api/v1/nodes/${name}`)).status.nodeInfo?.bootID;
  const untilPod = async (name: string, isSo: (pod: Pod) => boolean): Promise<Pod> => {
    const path = `/api/v1/namespaces/default/pods`;
    const pods = await waitForObjects<Pod>(cluster.api, path, found =>
      found.some(pod => pod.metadata.name === name && isSo(pod)),
    );
    return pods.find(({ metadata }) => metadata.name === name) as Pod;
  };
  const isReady = ({ status }: Pod): boolean =>
    status.conditions?.some(({ type, status: now }) => type === 'Ready' && now === 'True') === true;
  const restarts = ({ status }: Pod): number => status.containerStatuses?.[0]?.restartCount ?? 0;
  const run = async (name: string, script: string, container: object = {}): Promise<void> => {
    const common = { image, imagePullPolicy: 'Never', command: ['/bin/sh', '-c', script] };
    await cluster.api.request('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name },
      spec: {
        nodeName: first,
        terminationGracePeriodSeconds: 5,
        automountServiceAccountToken: false,
        containers: [{ name: 'main', ...common, ...container }],
      },
    });
  };

  beforeAll(async () => {
    before = await describeHost();
    cluster = await start(2);
    await Promise.all([untilReady(first, 'True'), untilReady(second, 'True')]);
    await waitForObjects(cluster.api, '/api/v1/namespaces/default/serviceaccounts', found => found.length > 0);
  });

  afterAll(() => cluster.stop());

  it('runs containers, whose probes decide when they are Ready', async () => {
    const probe = { exec: { command: ['/bin/busybox', 'test', '-e', '/ready'] }, periodSeconds: 1 };
    await run('probed', 'exec /bin/busybox sleep 1000', { readinessProbe: probe });
    const started = await untilPod('probed', ({ status }) => status.phase === 'Running');
    expect(isReady(started)).toBe(false);
    const id = started.status.containerStatuses?.[0]?.containerID?.replace('containerd://', '') ?? '';
    await cluster.nodes.run(first, [
      'ctr',
      '-n',
      'k8s.io',
      'task',
      'exec',
      '--exec-id',
      'x',
      id,
      '/bin/busybox',
      'touch',
      '/ready',
    ]);
    await untilPod('probed', isReady);
  });

  it('kills a container that uses more memory than its limit', async () => {
    await run('greedy', 'exec /bin/busybox tail /dev/zero', { resources: { limits: { memory: '32Mi' } } });
    const killed = await untilPod('greedy', ({ status }) => {
      const { state, lastState } = status.containerStatuses?.[0] ?? {};
      return [state, lastState].some(one => one?.terminated?.reason === 'OOMKilled');
    });
    expect(killed.metadata.name).toBe('greedy');
    await cluster.api.request('DELETE', '/api/v1/namespaces/default/pods/greedy');
  });

  it('forwards the node port of a Service to a pod on another node', async () => {
    await run('web', 'echo "from $HOSTNAME" > /index.html; exec /bin/busybox httpd -f -p 8080 -h /', {
      readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
    });
    await cluster.api.patch('/api/v1/namespaces/default/pods/web', { metadata: { labels: { app: 'web' } } });
    const service = await cluster.api.request<Service>('POST', '/api/v1/namespaces/default/services', {
      metadata: { name: 'web' },
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    await untilPod('web', isReady);
    const node = await cluster.api.request<Node>('GET', `/api/v1/nodes/${second}`);
    const { address } = node.status.addresses?.find(({ type }) => type === 'InternalIP') ?? {};
    const url = `http://${address}:${service.spec.ports?.[0]?.nodePort}/index.html`;
    // kube-proxy follows the endpoints of the Service some time later.
    const answer = async (): Promise<string> => (await fetch(url, { signal: AbortSignal.timeout(1_000) })).text();
    let text = '';
    for (let tries = 0; tries < 100 && text === ''; tries += 1) {
      text = await answer().catch(() => '');
      if (text === '') await pause(100);
    }
    expect(text).toBe('from web\n');
  });

  it('is NotReady without power, and boots with another boot id and restarted containers', async () => {
    const id = await bootId(first);
    const former = restarts(await untilPod('probed', isReady));
    await cluster.nodes.stop(first);
    await untilReady(first, 'Unknown');
    await cluster.nodes.start(first);
    await untilReady(first, 'True');
    expect(await bootId(first)).not.toBe(id);
    await untilPod('probed', pod => restarts(pod) === former + 1);
  });

  it.each([
    ['when it hangs', true],
    ['when its cable is unplugged', false],
  ])('is NotReady %s, and back without a restart', async (_, hangs) => {
    const id = await bootId(first);
    const former = restarts(await untilPod('probed', ({ status }) => status.phase === 'Running'));
    const disturb = async (disturbed: boolean): Promise<void> => {
      if (hangs) cluster.nodes.setFrozen(first, disturbed);
      else await cluster.nodes.setCable(first, !disturbed);
    };
    await disturb(true);
    await untilReady(first, 'Unknown');
    await disturb(false);
    await untilReady(first, 'True');
    expect([await bootId(first), restarts(await untilPod('probed', () => true))]).toEqual([id, former]);
  });

  it('keeps its containers without a kubelet, which a timer starts again', async () => {
    const former = restarts(await untilPod('probed', () => true));
    const script = 'systemd-run --on-active=8s systemctl start kubelet && systemctl stop kubelet';
    expect(await cluster.nodes.runScript(first, script)).toBe('');
    await untilReady(first, 'Unknown');
    await untilReady(first, 'True');
    expect(restarts(await untilPod('probed', () => true))).toBe(former);
  });

  it('is never Ready without a pod network, which it has after a start', async () => {
    const third = 'kind-worker3';
    await cluster.nodes.add(describeKindNode('kind', 2), 'never-ready');
    const saysWhy = ({ metadata, status }: Node): boolean =>
      metadata.name === third && /cni plugin not initialized/.test(readyMessage(status.conditions));
    await waitForObjects<Node>(cluster.api, '/api/v1/nodes', nodes => nodes.some(saysWhy));
    await cluster.nodes.start(third);
    await untilReady(third, 'True');
    await cluster.nodes.remove(third);
    const { items } = await cluster.api.list<Node>('/api/v1/nodes');
    expect(items.map(({ metadata }) => metadata.name)).toEqual([first, second]);
  });

  it('runs beside those of another cluster', async () => {
    const other = await start(1);
    try {
      await waitForObjects<Node>(other.api, '/api/v1/nodes', nodes =>
        nodes.some(({ status }) =>
          status.conditions?.some(({ type, status: now }) => type === 'Ready' && now === 'True'),
        ),
      );
    } finally {
      await other.stop();
    }
    await untilReady(first, 'True');
  });

  it('leaves nothing on the host', async () => {
    await cluster.stop();
    expect(await differencesFrom(before)).toEqual([]);
  });

  // The bench `leftovers` has more of them, at random moments.
  it.each([
    ['killed', {}],
    ['killed while it starts', { afterMs: 5_000 }],
  ])('leaves nothing on the host when the process that started it is %s', async (_, moment) => {
    expect(await endCluster({ ...moment, signal: 'SIGKILL' })).toEqual([]);
  });
});
