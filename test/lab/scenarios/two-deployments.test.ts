import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { namesOf, uidsOf } from './support/objects.js';
import { shortWaits } from './support/short-waits.js';
import { notesOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';

type Slice = KubernetesObject & { readonly endpoints?: readonly { readonly targetRef?: { readonly name?: string } }[] };

/** Two deployments, used by the steps in order, as in a job. */
describe('two deployments in one namespace', () => {
  let job: KubeconfigJob;
  let client: Client;
  /** The short waits for the other name: a patch names its object. */
  let patches: string;

  /** The first one has the default name. */
  const step = (name: 'migratorydata' | 'chat', operation: string, more: Inputs = {}): Inputs => ({
    ...{ operation, 'service-type': 'node-port', rest: 'true', ...(name === 'chat' && { name, patches }) },
    ...more,
  });
  /** Returns the names of the pods to which a Service leads. */
  const endpointsOf = async (service: string): Promise<readonly string[]> => {
    const query = `labelSelector=kubernetes.io%2Fservice-name%3D${service}`;
    const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?${query}`;
    const { items } = await job.cluster.api.list<Slice>(path);
    return items.flatMap(({ endpoints }) => (endpoints ?? []).map(({ targetRef }) => targetRef?.name ?? '')).sort();
  };
  const first = ['migratorydata-0', 'migratorydata-1', 'migratorydata-2'];
  const firstUids = async (): Promise<unknown> => uidsOf(await job.objects.members(namespace));

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    patches = join(lab.folder, 'chat.yaml');
    await writeFile(patches, (await readFile(shortWaits, 'utf8')).replace('name: migratorydata', 'name: chat'));
  });

  it('are two clusters, each with its own members, Services and messages', async () => {
    const deployed = await job.pass(step('migratorydata', 'deploy'));
    client = startClient(deployed.main.outputs['url'] ?? '');
    const before = await firstUids();
    await job.pass(step('chat', 'deploy', { 'license-key': 'license-0123456789' }));
    for (const name of ['migratorydata', 'chat'] as const) {
      const notes = notesOf(await job.pass(step(name, 'verify'))).join('\n');
      expect(notes).toContain('3 of 3 members are Ready');
      expect(notes).toContain('All members were started with the same list of 5 members.');
      expect(notes).toContain('A message was accepted');
    }
    for (const kind of ['cs', 'hs']) {
      expect(await endpointsOf(`migratorydata-${kind}`)).toEqual(first);
      expect(await endpointsOf(`chat-${kind}`)).toEqual(['chat-0', 'chat-1', 'chat-2']);
    }
    expect(await firstUids()).toEqual(before);
  });

  it('are scaled and broken one at a time', async () => {
    const before = await firstUids();
    await job.pass(step('chat', 'scale', { 'scale-to': '4' }));
    const limits = { ...generousLimits, steady: '0s' };
    const { report } = await job.pass(step('chat', 'chaos', { experiments: 'pod-kill', ...limits }));
    expect(report.experiments).toMatchObject([{ verdict: 'pass' }]);
    expect(report.experiments[0]?.targets[0]?.members.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^chat-\d$/),
    ]);
    expect(namesOf(await job.objects.members(namespace, 'chat'))).toEqual(['chat-0', 'chat-1', 'chat-2', 'chat-3']);
    expect(await firstUids()).toEqual(before);
  });

  it('take turns, and an experiment that one has left is reverted by a recover of the other', async () => {
    const before = await firstUids();
    const dying = await job.start(
      step('chat', 'chaos', {
        experiments: 'drain',
        ...generousLimits,
        steady: '0s',
        hold: '5m',
        'max-recovery': '10m',
      }),
    );
    await dying.logged('The fault is held');
    expect(await job.objects.cordoned()).toHaveLength(1);
    dying.kill();
    await dying.ended;
    const recovered = await job.pass(step('migratorydata', 'recover'));
    expect(notesOf(recovered).join('\n')).toContain('Experiment drain was reverted.');
    expect(await job.objects.cordoned()).toEqual([]);
    expect(await job.objects.members(namespace, 'chat')).toHaveLength(4);
    expect(await firstUids()).toEqual(before);
  });

  it('are torn down one at a time: the other one keeps its pods and its clients', async () => {
    const before = await firstUids();
    const torn = await job.pass(step('chat', 'teardown', { 'wait-for-deletion': 'true' }));
    expect(torn.main.outputs['deleted']).toBe('true');
    expect(notesOf(torn)).toContain(
      'Namespace migratory is kept, because it contains other deployments: migratorydata.',
    );
    expect(await job.objects.members(namespace, 'chat')).toEqual([]);
    for (const [group, kind] of [
      ['api/v1', 'services'],
      ['api/v1', 'secrets'],
      ['api/v1', 'configmaps'],
      ['apis/policy/v1', 'poddisruptionbudgets'],
    ] as const) {
      const { items } = await job.cluster.api.list(`/${group}/namespaces/${namespace}/${kind}`);
      expect(namesOf(items).filter(name => name.startsWith('chat'))).toEqual([]);
    }
    expect(await endpointsOf('migratorydata-cs')).toEqual(first);
    expect(await firstUids()).toEqual(before);
    await job.pass(step('migratorydata', 'verify'));
    const seen = await client.stop();
    expect(seen).toMatchObject({ failures: [], connections: 1 });
    expect(seen.answers).toBeGreaterThan(10);
  });

  it('leave no namespace behind when the last one is torn down', async () => {
    const { main } = await job.pass(step('migratorydata', 'teardown', { 'wait-for-deletion': 'true' }));
    expect(main.outputs['deleted']).toBe('true');
    await expect(job.objects.namespace(namespace)).rejects.toThrow('not found');
  });
});

/** A client that asks again and again over one connection. */
interface Client {
  stop(): Promise<{ readonly answers: number; readonly failures: readonly string[]; readonly connections: number }>;
}

function startClient(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const failures: string[] = [];
  const ports = new Set<number | undefined>();
  let answers = 0;
  const stopping = new AbortController();
  const ask = (): Promise<void> =>
    new Promise(resolve => {
      const request = get(url, { agent }, response => {
        ports.add(response.socket.localPort);
        answers += 1;
        if (response.statusCode !== 200) failures.push(`status ${response.statusCode}`);
        response.resume().on('end', resolve);
      });
      request.on('error', error => {
        failures.push(error.message);
        resolve();
      });
    });
  const asking = (async () => {
    while (!stopping.signal.aborted) {
      await ask();
      await sleep(500);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await asking;
      agent.destroy();
      return { answers, failures, connections: ports.size };
    },
  };
}
