import { describe, expect, it } from '@jest/globals';
import type { Pod } from '../../../src/kubernetes/api/types.js';
import { isReady } from '../../../src/kubernetes/pods.js';
import { waitForObjects } from '../wait.js';
import { expectReverted } from './support/chaos.js';
import { startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { namesOf, uidsOf } from './support/objects.js';
import { errorOf, notesOf, type Inputs, type StepResult } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const namespace = 'migratory';

/** One deployment of three members on three nodes, whose disruption budget allows no disruption. */
describe('draining a node', () => {
  let job: KubeconfigJob;

  const drain = (inputs: Inputs): Inputs => ({
    operation: 'chaos',
    experiments: 'drain',
    hold: '0s',
    steady: '0s',
    ...generousLimits,
    ...inputs,
  });
  const called = ({ report }: StepResult, method: string, path: RegExp): readonly number[] =>
    report.calls.filter(call => call.method === method && path.test(call.path)).map(({ status }) => status);
  const nodeOf = (member: Pod | undefined): string => member?.spec.nodeName ?? '';

  /** Returns the members, and expects the cluster in its former state. */
  const revertedMembers = async (replicas: number): Promise<readonly Pod[]> => {
    await expectReverted(job.cluster, job.objects, namespace, replicas);
    return job.objects.members(namespace);
  };

  /** Adds three pods of others to a node: one without a controller, one that may be moved, one that a budget keeps. */
  const neighboursOn = async (node: string): Promise<void> => {
    const { api } = job.cluster;
    const spec = { nodeSelector: { 'kubernetes.io/hostname': node }, containers: [{ name: 'web', image: 'web:1' }] };
    await api.request('POST', '/api/v1/namespaces/default/pods', { metadata: { name: 'bare' }, spec });
    for (const name of ['movable', 'guarded']) {
      const matchLabels = { part: name };
      await api.request('POST', '/apis/apps/v1/namespaces/default/deployments', {
        metadata: { name },
        spec: { selector: { matchLabels }, template: { metadata: { labels: matchLabels }, spec } },
      });
    }
    await api.request('POST', '/apis/policy/v1/namespaces/default/poddisruptionbudgets', {
      metadata: { name: 'guarded' },
      spec: { minAvailable: 1, selector: { matchLabels: { part: 'guarded' } } },
    });
    const areReady = (pods: readonly Pod[]): boolean => pods.length === 4 && pods.every(isReady);
    await waitForObjects<Pod>(api, '/api/v1/namespaces/default/pods', areReady);
  };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await job.pass({ operation: 'deploy', 'service-type': 'node-port' });
  });

  it('fails in mode fail, names the three alternatives, and changes nothing', async () => {
    const before = await job.objects.members(namespace);
    const failed = await job.fail(drain({ 'when-blocked': 'fail' }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'disruption-blocked', verdict: 'fail' });
    const said = errorOf(failed);
    expect(said).toContain('allows 0 disruptions with 3 members');
    expect(said).toMatch(/scale to one more member.*disruption-budget: max-unavailable.*bypass or expect-blocked/);
    expect(called(failed, 'PATCH', /nodes/)).toEqual([]);
    expect(uidsOf(await revertedMembers(3))).toEqual(uidsOf(before));
  });

  it('passes in mode expect-blocked, and shows the refusal', async () => {
    const before = await job.objects.members(namespace);
    const blocked = await job.pass(drain({ 'when-blocked': 'expect-blocked' }));
    expect(blocked.main.outputs['verdict']).toBe('pass');
    expect(notesOf(blocked).join('\n')).toContain('The disruption budget migratorydata-pdb needs 3 healthy pods');
    // Requested when the fault begins, and to confirm it before and after the hold.
    expect(called(blocked, 'POST', /eviction/)).toEqual([429, 429, 429]);
    expect(uidsOf(await revertedMembers(3))).toEqual(uidsOf(before));
  });

  it('names the budgets when more than one selects a member, and changes nothing', async () => {
    const { api } = job.cluster;
    const budgets = `/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`;
    const spec = { maxUnavailable: 1, selector: { matchLabels: { app: 'migratorydata' } } };
    await api.request('POST', budgets, { metadata: { name: 'theirs' }, spec });
    const before = await job.objects.members(namespace);
    const failed = await job.fail(drain({ 'when-blocked': 'expect-blocked' }));
    await api.request('DELETE', `${budgets}/theirs`);
    expect(failed.main.outputs['error-code']).toBe('budgets-overlap');
    expect(errorOf(failed)).toContain('more than one PodDisruptionBudget selects it: migratorydata-pdb, theirs.');
    expect(uidsOf(await revertedMembers(3))).toEqual(uidsOf(before));
  });

  it('adds a member first, evicts only members from the node, and removes the member again', async () => {
    const before = await job.objects.members(namespace);
    const target = nodeOf(before[2]);
    await job.cluster.api.request('POST', '/api/v1/namespaces/default/pods', {
      metadata: { name: 'neighbour' },
      spec: { nodeName: target, containers: [{ name: 'web', image: 'web:1' }] },
    });
    const seen = await job.objects.recordPods(namespace);
    const drained = await job.pass(drain({ 'target-node': target }));
    seen.stop();

    expect(drained.main.outputs['verdict']).toBe('pass');
    expect(Number(drained.main.outputs['recovery-ms'])).toBeGreaterThan(0);
    expect(drained.report.experiments).toMatchObject([
      {
        name: 'drain',
        verdict: 'pass',
        targets: [{ node: target }],
        facts: { plan: 'surge', allowedDisruptionsBefore: 0 },
      },
    ]);
    // The seed moves twice: off the node, and then back to a node of its own.
    expect(namesOf(seen.pods.slice(3))).toEqual(['migratorydata-3', 'migratorydata-2', 'migratorydata-2']);
    expect(nodeOf(seen.pods[4])).not.toBe(target);
    // Pods of others are counted where a member needs room, and not touched.
    const others = drained.report.calls.filter(({ path }) =>
      /^\/api\/v1\/(?:pods|namespaces\/default\/pods)/.test(path),
    );
    expect(new Set(others.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(drained.report.commands.map(({ argv }) => argv[0])).toEqual(['proxy']);
    const after = await revertedMembers(3);
    expect(uidsOf(after.slice(0, 2))).toEqual(uidsOf(before.slice(0, 2)));
    expect(new Set(after.map(nodeOf)).size).toBe(3);
  });

  it('moves the other pods with drain-scope all, and names those that cannot be moved, without a failure', async () => {
    const target = nodeOf((await job.objects.members(namespace))[0]);
    await neighboursOn(target);
    // The limit is short because half of it is spent on the budget of others, which does not change.
    const limits = { 'max-recovery': '40s', 'drain-scope': 'all', 'target-node': target };
    const drained = await job.pass(drain(limits));
    expect(drained.report.experiments).toMatchObject([
      {
        verdict: 'pass',
        facts: {
          otherPodsMoved: 1,
          otherPodsLeft: expect.stringMatching(
            /^default\/bare \(it has no controller .*\); default\/guarded-\S+ \(The eviction of guarded-\S+ is blocked: The disruption budget guarded needs 1 healthy pods .*\)$/,
          ),
        },
      },
    ]);
    expect(notesOf(drained)).toContainEqual(expect.stringMatching(/^Also moved off node \S+: default\/movable-\S+\.$/));
    await revertedMembers(3);
  });

  it('deletes past the budget in mode bypass', async () => {
    const before = await job.objects.members(namespace);
    const target = nodeOf(before[0]);
    const drained = await job.pass(drain({ 'when-blocked': 'bypass', 'target-node': target }));
    expect(drained.main.outputs['verdict']).toBe('pass');
    expect(called(drained, 'DELETE', /pods/)).toEqual([200]);
    const after = await revertedMembers(3);
    expect(new Set(after.map(nodeOf)).size).toBe(3);
  });

  it('freezes the autoscaler during the drain, and restores its bounds', async () => {
    await job.pass({ operation: 'autoscale' });
    const drained = await job.pass(drain({}));
    expect(drained.report.experiments).toMatchObject([{ verdict: 'pass', facts: { plan: 'surge' } }]);
    expect(notesOf(drained)).toContain('Autoscaler migratorydata-autoscale is held at 3 members.');
    await revertedMembers(3);
    expect((await job.objects.autoscaler(namespace)).spec).toMatchObject({ minReplicas: 3, maxReplicas: 5 });
  });

  it('is skipped while KEDA would undo the bounds of the autoscaler', async () => {
    const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/migratorydata-autoscale`;
    const mark = (name: string | null): Promise<unknown> =>
      job.cluster.api.patch(path, { metadata: { labels: { 'scaledobject.keda.sh/name': name } } });
    await mark('web');
    const skipped = await job.run(drain({}));
    const reason = expect.stringContaining('of KEDA would undo') as unknown;
    expect(skipped.report.experiments).toMatchObject([{ verdict: 'skipped', reason }]);
    expect(called(skipped, 'PATCH', /nodes/)).toEqual([]);
    await mark(null);
    await revertedMembers(3);
  });

  it('refuses a node that does not exist, and one that someone else has cordoned', async () => {
    const unknown = await job.fail(drain({ 'target-node': 'kind-worker9' }));
    expect(unknown.main.outputs['error-code']).toBe('target-refused');
    expect(errorOf(unknown)).toMatch(/it runs no member; the members run on kind-worker/);

    const [target = ''] = (await job.objects.members(namespace)).map(({ spec }) => spec.nodeName);
    const node = `/api/v1/nodes/${target}`;
    await job.cluster.api.patch(node, { spec: { unschedulable: true } });
    const cordoned = await job.fail(drain({ 'target-node': target }));
    expect(cordoned.main.outputs['error-code']).toBe('target-refused');
    expect(errorOf(cordoned)).toContain('it is already cordoned');
    expect(await job.objects.cordoned()).toEqual([target]);
    await job.cluster.api.patch(node, { spec: { unschedulable: null } });
  });

  it('evicts without any preparation when the budget allows a disruption', async () => {
    await job.pass({ operation: 'scale', 'scale-to': '4' });
    await job.objects.untilDisruptionsAllowed(namespace, 1);
    const drained = await job.pass(drain({ 'when-blocked': 'fail' }));
    expect(drained.report.experiments).toMatchObject([
      { verdict: 'pass', facts: { plan: 'evict', allowedDisruptionsBefore: 1, allowedDisruptionsAfter: 1 } },
    ]);
    const after = await revertedMembers(4);
    expect(new Set(after.slice(0, 3).map(nodeOf)).size).toBe(3);
  });

  it('fails in mode expect-blocked when the budget allows the eviction, and evicts nothing', async () => {
    const before = await job.objects.members(namespace);
    const failed = await job.fail(drain({ 'when-blocked': 'expect-blocked' }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'disruption-allowed', verdict: 'fail' });
    expect(uidsOf(await revertedMembers(4))).toEqual(uidsOf(before));
    expect((await job.objects.autoscaler(namespace)).spec).toMatchObject({ minReplicas: 4, maxReplicas: 4 });
  });
});
