import { describe, expect, it } from '@jest/globals';

import { faultImages } from '../lab/lab.js';
import { oneMember } from '../lab/scenarios/support/kubeconfig-job.js';
import { errorOf, type Inputs, type StepResult } from '../lab/scenarios/support/steps.js';
import { type RealJob, useRealCluster } from './support/use-real-cluster.js';

interface Way {
  readonly code: string;
  /** In the error. */
  readonly words: RegExp;
  readonly inputs: () => Inputs;
}

/** What the kubelet of a real node says of a member that cannot run, and what the user reads. */
describe('a deployment on real nodes that cannot succeed', () => {
  let job: RealJob;

  const deployment = (namespace: string, inputs: Inputs = {}): Inputs => ({
    ...{ operation: 'deploy', namespace, 'memory-request': '64Mi', 'cpu-request': '50m', 'verify-timeout': '1m' },
    ...oneMember,
    ...inputs,
  });
  const patched = (container: object): Inputs => ({
    patches: job.patch({ containers: [{ name: 'migratorydata', ...container }] }),
  });
  const image = (tag: string): string => `migratorydata/server:${tag}`;
  const absent = { name: 'LICENSE', valueFrom: { secretKeyRef: { name: 'migratorydata-license', key: 'key' } } };

  const ways: readonly Way[] = [
    {
      code: 'image-pull',
      words: /failed to resolve reference "docker.io\/migratorydata\/server:does-not-exist"/,
      inputs: () => ({ image: faultImages.neverPulls }),
    },
    {
      code: 'crash-loop',
      words: /exit code 1.*ERROR The license key is not valid/s,
      inputs: () => ({ image: faultImages.crashes }),
    },
    { code: 'out-of-memory', words: /OOMKilled/, inputs: () => ({ image: image('leaking') }) },
    {
      code: 'probe-failed',
      words: /The startup probe of .*, so that the kubelet ended it: dial tcp .* connection refused/,
      inputs: () => ({ image: image('deaf'), ...patched({ startupProbe: { failureThreshold: 5 } }) }),
    },
    {
      code: 'container-config',
      words: /secret "migratorydata-license" not found/,
      inputs: () => patched({ env: [absent] }),
    },
    { code: 'unschedulable', words: /Insufficient cpu/, inputs: () => ({ 'cpu-request': '64' }) },
  ];

  /** Runs the steps of all ways at once: each has a namespace of its own. */
  const all = (steps: (way: Way) => Promise<StepResult>): Promise<readonly StepResult[]> =>
    Promise.all(ways.map(way => steps(way)));

  useRealCluster(2, started => {
    job = started;
  });

  it('names what the kubelet says', async () => {
    const slow = job.pass(deployment('slow', { image: image('slow') }));
    const failed = await all(({ code, inputs }) => job.fail(deployment(code, inputs())));
    expect(failed.map(({ main }) => main.outputs['error-code'])).toEqual(ways.map(({ code }) => code));
    // A server that only starts slowly is waited for.
    expect((await slow).main.outputs['ready-members']).toBe('1');
    failed.forEach((step, index) => {
      expect(errorOf(step)).toMatch(ways[index]?.words ?? '');
    });
  });

  it('replaces the members when it is corrected, and is rolled back when it is made again', async () => {
    await all(({ code }) => job.pass(deployment(code)));
    const before = await Promise.all(ways.map(({ code }) => job.objects.statefulSet(code)));
    const failed = await all(({ code, inputs }) => job.fail(deployment(code, inputs())));
    expect(failed.map(({ main }) => main.outputs['error-code'])).toEqual(ways.map(() => 'rollout-reverted'));
    for (const [index, { code, words }] of ways.entries()) {
      expect(errorOf(failed[index] as StepResult)).toMatch(words);
      const { spec, status } = await job.objects.untilUpdated(code);
      expect(spec.template.spec).toEqual(before[index]?.spec.template.spec);
      expect(status?.currentRevision).toBe(before[index]?.status?.updateRevision);
      await job.objects.untilReady(code, 1);
    }
  });
});
