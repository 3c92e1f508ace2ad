import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startLab, type Lab } from '../lab.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, notesOf, type Inputs, type StepResult } from './support/steps.js';

const limitMs = 180_000;

describe('provider kubeconfig', () => {
  let lab: Lab;
  let onKind: KubeconfigJob;
  let inCloud: KubeconfigJob;
  /** Both lives go on at the same time, each on a cluster of its own; most of it is waiting for members. */
  let lives: { readonly kind: Promise<StepResult>; readonly cloud: Promise<StepResult> };

  beforeAll(async () => {
    lab = await startLab();
    [onKind, inCloud] = (await Promise.all(
      ['kind', 'cloud'].map(async name => startKubeconfigJob(lab, await lab.standaloneCluster(name))),
    )) as [KubeconfigJob, KubeconfigJob];
    const life = { operation: 'e2e', rest: 'true', hold: '0s', 'wait-for-deletion': 'true' };
    lives = {
      kind: onKind.run({ ...life, 'service-type': 'node-port', 'scale-to': '4' }),
      cloud: inCloud.run(life),
    };
  }, limitMs);

  afterAll(async () => {
    expect(lab.azure.refused()).toEqual([]);
    await lab.stop();
  }, limitMs);

  /** What must hold of a whole life, wherever it was. */
  const expectLife = async (
    { main, post, report }: StepResult,
    { objects, programs }: KubeconfigJob,
  ): Promise<void> => {
    expect({ main: main.code, post: post.code, errors: errorOf({ main }) }).toEqual({ main: 0, post: 0, errors: '' });
    expect(main.outputs).toMatchObject({ outcome: 'success', verdict: 'pass', deleted: 'true', 'ready-members': '4' });
    expect(report).toMatchObject({ outcome: 'success', pending: [] });
    expect(new Set(report.commands.map(({ tool }) => tool))).toEqual(new Set(['kubectl']));
    expect(report.phases.every(({ status }) => status === 'passed')).toBe(true);
    await expect(objects.namespace('migratory')).rejects.toThrow('not found');
    expect(await objects.cordoned()).toEqual([]);
    expect(programs()).toEqual([]);
  };

  it(
    'lives through the whole life on a cluster like kind, with az not even installed',
    async () => {
      const life = await lives.kind;
      await expectLife(life, onKind);
      expect(life.main.outputs['url']).toMatch(/^http:\/\/127\.[\d.]+:3\d{4}$/);
      expect(life.report.phases.map(({ name }) => name)).toEqual([
        'preflight',
        'deploy',
        'verify',
        'scale-1',
        'autoscale',
        'chaos-drain',
        'verify',
        'teardown',
      ]);
      expect(notesOf(life).filter(note => note.startsWith('A message was accepted'))).toHaveLength(3);
    },
    limitMs,
  );

  it(
    'lives through the same behind a load balancer, with the steps of the tutorial',
    async () => {
      const life = await lives.cloud;
      await expectLife(life, inCloud);
      expect(life.main.outputs['url']).toBe(`http://${life.main.outputs['external-ip'] ?? ''}`);
      expect(life.report.phases.map(({ title }) => title)).toEqual(
        expect.arrayContaining(['Scale to 5 members', 'Scale to 4 members']),
      );
      expect(inCloud.cluster.workload.balancer.list()).toEqual([]);
    },
    limitMs,
  );

  it(
    'finds nothing to tear down when the namespace is gone',
    async () => {
      await lives.kind;
      const { main } = await onKind.pass({ operation: 'teardown' });
      expect(main.outputs['deleted']).toBe('false');
    },
    limitMs,
  );

  it(
    'keeps the content of a kubeconfig in a private file, which post removes',
    async () => {
      const content = await readFile(onKind.cluster.kubeconfig, 'utf8');
      const step = await onKind.start({
        operation: 'deploy',
        namespace: 'by-content',
        'service-type': 'cluster-ip',
        kubeconfig: '',
        'kubeconfig-content': content,
        ...oneMember,
      });
      const main = await step.ended;
      expect(main.code).toBe(0);
      const file = main.outputs['kubeconfig'] ?? '';
      expect(await readFile(file, 'utf8')).toBe(content);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect((await step.post()).code).toBe(0);
      await expect(stat(dirname(file))).rejects.toThrow('ENOENT');
      for (const line of content.split('\n').filter(text => text.includes('-data:'))) {
        expect(main.stdout).not.toMatch(new RegExp(`^(?!::add-mask::).*${line.trim().split(' ')[1] ?? ''}`, 'm'));
      }
    },
    limitMs,
  );

  it.each<[string, Inputs, string, string]>([
    [
      'content that is no kubeconfig',
      { kubeconfig: '', 'kubeconfig-content': 'not: a\nkubeconfig: [' },
      'kubeconfig-invalid',
      'cannot be used',
    ],
    ['a file that is not there', { kubeconfig: '/nowhere/config' }, 'kubeconfig-invalid', '/nowhere/config'],
    ['a context that is not in it', { context: 'production' }, 'kubeconfig-invalid', 'production'],
  ])(
    'refuses %s',
    async (_, inputs, code, text) => {
      const refused = await onKind.fail({ operation: 'verify', ...inputs });
      expect(refused.main.outputs).toMatchObject({ outcome: 'failure', 'error-code': code });
      expect(errorOf(refused)).toContain(text);
      expect(refused.main.summary).toContain(code);
    },
    limitMs,
  );
});
