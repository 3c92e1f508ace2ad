import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../support/process-table.js';
import { connectApi, type LabApi } from '../api.js';
import { hangMs } from '../scenarios/support/limits.js';
import { locateTools } from '../tools/locate-tools.js';
import { waitForObjects, waitUntil } from '../wait.js';
import { leaseControlPlane, poolVariable } from './control-plane-pool.js';
import type { ControlPlane } from './control-plane.js';
import { describeKindNode } from './node-object.js';
import { startNodeProcess } from './node-process.js';
import { endProcesses, findProcesses, type LabProcess, removeWithProcesses } from './processes.js';

jest.setTimeout(hangMs);

let pool: string;

beforeAll(async () => {
  pool = await mkdtemp(join(tmpdir(), 'migratorydata-aks-planes-'));
  process.env[poolVariable] = pool;
});

afterAll(() => removeWithProcesses(pool));

const lease = async (name: string): Promise<ControlPlane> =>
  leaseControlPlane(join(pool, name), await locateTools(() => undefined));

/**
 * Returns the names of what users create, and of what controllers create for it. Events are not among them: a busy
 * controller writes that a node is gone after the reset.
 */
async function namesIn(api: LabApi): Promise<readonly string[]> {
  const kinds = ['namespaces', 'nodes', 'services', 'configmaps', 'serviceaccounts'];
  const lists = await Promise.all(kinds.map(kind => api.list(`/api/v1/${kind}`)));
  return lists.flatMap(({ items }) => items.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`));
}

/** Returns the programs of a control plane that run, and are not just stopped where they are: proc_pid_status(5). */
const runningOf = ({ folder }: ControlPlane): readonly LabProcess[] =>
  findProcesses(folder).filter(({ pid }) => !/^State:\s*T/m.test(readFileSync(`/proc/${pid}/status`, 'utf8')));

it('a control plane whose controller manager has ended gets it back, and keeps the other programs', async () => {
  const plane = await lease('ended');
  const running = (): readonly LabProcess[] => findProcesses(plane.folder);
  const before = running();
  const manager = before.find(({ program }) => program === 'kube-controller-manager');
  if (manager === undefined) throw new Error('no controller manager runs');
  process.kill(manager.pid, 'SIGKILL');
  while (isAlive(manager.pid)) await sleep(10);
  await plane.restart();
  expect(running().map(({ program }) => program)).toContain('kube-controller-manager');
  const others = before.filter(({ pid }) => pid !== manager.pid);
  expect(running()).toEqual(expect.arrayContaining(others));
  expect(running()).toHaveLength(before.length);
  await plane.stop();
});

it('a control plane that is given back rests, and then has what it had at first; only its new address leads to it', async () => {
  const first = await lease('first');
  const api = await connectApi(first.kubeconfig);
  const initial = await namesIn(api);
  const labelled = { metadata: { labels: { ours: 'true' } } };
  await api.request('POST', '/api/v1/nodes', { metadata: { name: 'node' } });
  await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'users' } });
  await waitForObjects(api, '/api/v1/namespaces/users/serviceaccounts', accounts => accounts.length > 0);
  await api.request('POST', '/api/v1/namespaces/users/services', {
    metadata: { name: 'held', finalizers: ['example.com/never'] },
    spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] },
  });
  await api.patch('/api/v1/namespaces/kube-system', labelled);
  await first.stop();
  await waitUntil(() => runningOf(first).length === 0, 'the rest of a control plane that nobody uses');

  const second = await lease('second');
  expect(runningOf(second)).toHaveLength(4);
  expect([second.folder, second.server === first.server]).toEqual([first.folder, false]);
  expect(await namesIn(api)).toEqual(initial);
  const { metadata } = await api.request<typeof labelled>('GET', '/api/v1/namespaces/kube-system');
  expect(metadata.labels).not.toHaveProperty('ours');
  // Ports and addresses of Services are free again.
  const service = { metadata: { name: 'next' }, spec: { type: 'NodePort', ports: [{ port: 80, nodePort: 30080 }] } };
  await api.request('POST', '/api/v1/namespaces/default/services', service);
  await expect(fetch(first.server)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  api.close();
  await second.stop();
});

it('the nodes of a cluster end with it, and do not look after those of the next one', async () => {
  const { kwok } = await locateTools(() => undefined);
  const nodeProcesses = (): number => findProcesses(pool).filter(({ program }) => program === 'kwok').length;
  const plane = await lease('with-node');
  const spec = { ...describeKindNode('kind', 0), address: '127.0.0.1', podCIDR: '10.244.1.0/24' };
  await startNodeProcess(spec, 'healthy', { kwok, kubeconfig: plane.kubeconfig, folder: join(pool, 'with-node') });
  expect(nodeProcesses()).toBe(1);
  await plane.stop();
  expect(nodeProcesses()).toBe(0);
});

it('a control plane in use is not given to others, and one that cannot be reset is given to nobody', async () => {
  const [one, other] = await Promise.all([lease('one'), lease('other')]);
  expect(one.folder).not.toBe(other.folder);
  await endProcesses(one.folder);
  await one.stop();
  await other.stop();
  const next = await lease('next');
  expect(next.folder).toBe(other.folder);
  await next.stop();
});
