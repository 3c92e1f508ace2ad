import { describe, expect, it } from '@jest/globals';
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { killApiServer } from '../cluster/api-server.js';
import { renderKubeconfig } from '../cluster/kubeconfig.js';
import { findFreePort } from '../cluster/ports.js';
import { waitUntil } from '../wait.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { errorOf, notesOf, type Inputs, type StepResult } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('provider kubeconfig', () => {
  let onKind: KubeconfigJob;
  let inCloud: KubeconfigJob;
  /** The slow steps run at the same time, on separate clusters; most of their time is waiting. */
  let long: Readonly<Record<'onKind' | 'inCloud' | 'unreachable', Promise<StepResult>>>;

  useLab(async lab => {
    const startOn = async (name: string): Promise<KubeconfigJob> =>
      startKubeconfigJob(lab, await lab.standaloneCluster(name));
    [onKind, inCloud] = await Promise.all([startOn('kind'), startOn('cloud')]);
    const common = { operation: 'e2e', rest: 'true', 'wait-for-deletion': 'true' };
    const life = { ...common, hold: '0s', steady: '1s', ...generousLimits };
    const unreachable = `https://127.0.0.1:${await findFreePort()}`;
    long = {
      onKind: onKind.run({ ...life, 'service-type': 'node-port', 'scale-to': '4' }),
      inCloud: inCloud.run(life),
      unreachable: inCloud.run({ operation: 'verify', ...byContent(contentFor(inCloud, unreachable)) }),
    };
  });

  /** Expects what every e2e must fulfil, on any cluster. */
  const expectLife = async ({ main, post, report }: StepResult, job: KubeconfigJob): Promise<void> => {
    expect({ main: main.code, post: post.code, errors: errorOf({ main }) }).toEqual({ main: 0, post: 0, errors: '' });
    expect(main.outputs).toMatchObject({ outcome: 'success', verdict: 'pass', deleted: 'true', 'ready-members': '4' });
    expect(report).toMatchObject({ outcome: 'success', pending: [] });
    expect(new Set(report.commands.map(({ tool }) => tool))).toEqual(new Set(['kubectl']));
    expect(report.phases.every(({ status }) => status === 'passed')).toBe(true);
    await expect(job.objects.namespace('migratory')).rejects.toThrow('not found');
    expect(await job.objects.cordoned()).toEqual([]);
    expect(job.programs()).toEqual([]);
  };

  it('runs e2e on a cluster like kind, without az installed', async () => {
    const life = await long.onKind;
    await expectLife(life, onKind);
    expect(life.main.outputs['url']).toMatch(/^http:\/\/127\.[\d.]+:3\d{4}$/);
    expect(life.report.phases.map(({ name }) => name)).toEqual([
      'preflight',
      'deploy',
      'verify',
      'scale-1',
      'autoscale',
      'chaos-drain',
      'verify-2',
      'teardown',
    ]);
    expect(notesOf(life).filter(note => note.startsWith('A message was accepted'))).toHaveLength(3);
  });

  it('runs the same behind a load balancer, with the steps of the tutorial', async () => {
    const life = await long.inCloud;
    await long.unreachable;
    await expectLife(life, inCloud);
    expect(life.main.outputs['url']).toBe(`http://${life.main.outputs['external-ip'] ?? ''}`);
    expect(life.report.phases.map(({ title }) => title)).toEqual(
      expect.arrayContaining(['Scale to 5 members', 'Scale to 4 members']),
    );
    // The load balancer is deleted after its Service.
    const { balancer } = inCloud.cluster.workload;
    await waitUntil(() => balancer.list().length === 0, 'the load balancer has let the Service go');
  });

  it('finds nothing to tear down when the namespace does not exist', async () => {
    const { main } = await onKind.pass({ operation: 'teardown' });
    expect(main.outputs['deleted']).toBe('false');
  });

  it('keeps the content of a kubeconfig in a private file, which post removes', async () => {
    const content = contentFor(onKind, onKind.cluster.controlPlane.server);
    const deployment = { operation: 'deploy', namespace: 'by-content', 'service-type': 'cluster-ip', ...oneMember };
    const step = await onKind.start({ ...deployment, ...byContent(content) });
    const main = await step.ended;
    expect(main.code).toBe(0);
    const file = main.outputs['kubeconfig'] ?? '';
    expect(await readFile(file, 'utf8')).toBe(content.trim());
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await step.post()).code).toBe(0);
    await expect(stat(dirname(file))).rejects.toThrow('ENOENT');
    const key = /client-key-data: (\S+)/.exec(content)?.[1] ?? '';
    expect(main.masks).toContain(key);
    expect(main.stdout.replaceAll(/^::add-mask::.*$/gm, '')).not.toContain(key);
  });

  it('tears down a second time while the first deletion continues', async () => {
    const { api } = onKind.cluster;
    const path = '/api/v1/namespaces/by-content/configmaps';
    await api.request('POST', path, { metadata: { name: 'held', finalizers: ['example.com/hold'] } });
    for (const time of ['first', 'second']) {
      const { main } = await onKind.pass({ operation: 'teardown', namespace: 'by-content' });
      expect([time, main.outputs['deleted']]).toEqual([time, 'true']);
    }
    const patch = { metadata: { finalizers: null } };
    await api.patch(`${path}/held`, patch);
    await onKind.objects.untilNamespaceGone('by-content');
  });

  it.each<[string, Inputs, string]>([
    ['content that is not a kubeconfig', byContent('not: a\nkubeconfig: ['), 'cannot be used'],
    ['a file that does not exist', { kubeconfig: '/nowhere/config' }, '/nowhere/config'],
    ['a context that it does not have', { context: 'production' }, 'context "production" does not exist'],
  ])('refuses %s', async (_, inputs, text) => {
    const refused = await onKind.fail({ operation: 'verify', ...inputs });
    expect(refused.main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'kubeconfig-invalid' });
    expect(errorOf(refused)).toContain(text);
    expect(refused.main.summary).toContain('kubeconfig-invalid');
  });

  it('says that the API server does not respond at its address', async () => {
    const { main } = await long.unreachable;
    expect(main.code).toBe(1);
    expect(main.outputs).toMatchObject({ 'error-code': 'api-unreachable', 'error-transient': 'true' });
    expect(errorOf({ main })).toContain('connection refused');
  });

  it('continues after an outage of the API server in the middle of a rollout', async () => {
    // Without the patch, members start slowly enough for an outage between them.
    const slow = { namespace: 'outage', 'service-type': 'node-port', patches: '' };
    const step = await onKind.start({ operation: 'deploy', ...slow });
    await step.logged('1 of 3 members are Ready');
    const killedAt = Date.now();
    const restart = await killApiServer(onKind.cluster.controlPlane.folder);
    restart();
    const main = await step.ended;
    expect(main.log).toContain('3 members are Ready: migratorydata-0, migratorydata-1, migratorydata-2.');
    expect(main.outputs).toMatchObject({ outcome: 'success', 'ready-members': '3' });
    // The connection of a watch ended with the server, and the step opened the same watch again. A request may fail in
    // between, unless the server is back first.
    const { calls, startedAt } = await step.report();
    const killedMs = killedAt - Date.parse(startedAt);
    const watched = calls
      .filter(({ path }) => path.includes('watch='))
      .map(call => ({ ...call, path: withoutVersion(call.path) }));
    const before = watched.filter(({ startedMs }) => startedMs < killedMs).map(({ path }) => path);
    const after = watched.filter(({ startedMs }) => startedMs >= killedMs).map(({ path }) => path);
    expect(after.filter(path => before.includes(path))).not.toEqual([]);
  });

  it('ends an e2e on an existing deployment without deleting it', async () => {
    const life = { operation: 'e2e', namespace: 'outage', experiments: 'baseline', 'scale-to': '3' };
    const quick = { hold: '0s', steady: '1s', ...generousLimits };
    const { main } = await onKind.pass({ ...life, 'service-type': 'node-port', ...quick });
    expect(main.outputs).toMatchObject({ outcome: 'success', deleted: 'false' });
    expect(main.log).toContain('Namespace outage existed before this step, so it is kept.');
    expect(await onKind.objects.members('outage')).toHaveLength(3);
  });
});

/** Returns a self-contained kubeconfig for a cluster, with the given address of its API server. */
function contentFor({ cluster }: KubeconfigJob, server: string): string {
  return renderKubeconfig({ cluster: 'c', context: 'c', user: 'u' }, server, cluster.controlPlane.credentials);
}

function byContent(content: string): Inputs {
  return { kubeconfig: '', 'kubeconfig-content': content };
}

/** A watch continues from the version that it has seen. */
function withoutVersion(path: string): string {
  return path.replace(/&?resourceVersion=\d+/, '');
}
