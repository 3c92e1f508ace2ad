import { describe, expect, it } from '@jest/globals';
import type { Event } from '../../../src/kubernetes/api/types.js';
import { timesSeen } from '../../../src/kubernetes/rollout/events.js';
import { faultImages, type SimulatedCluster } from '../lab.js';
import { waitForObjects } from '../wait.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('a deployment that cannot succeed', () => {
  let job: KubeconfigJob<SimulatedCluster>;

  /** The timeout of two hours is longer than any scenario: a step that waits until its timeout would hang here. */
  const deploymentOf = (namespace: string, inputs: Inputs): Inputs => ({
    operation: 'deploy',
    'service-type': 'node-port',
    'verify-timeout': '2h',
    timeout: '5h',
    namespace,
    ...oneMember,
    ...inputs,
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  });

  it('names an image that cannot be pulled, in the words of the registry, and stops waiting', async () => {
    const failed = await job.fail(deploymentOf('pull', { image: faultImages.neverPulls }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'image-pull', 'error-transient': 'false' });
    const said = errorOf(failed);
    expect(said).toContain('pod migratorydata-0');
    expect(said).toContain(faultImages.neverPulls);
    expect(said).toContain('failed to resolve reference "docker.io/migratorydata/server:does-not-exist"');
    expect(said).toContain('Check the name and tag in `image`');
    expect(failed.main.summary).toContain('image-pull');
    expect(failed.report.errors).toMatchObject([{ code: 'image-pull', phase: 'deploy' }]);

    // With the correct image, the stuck pod is replaced.
    const mended = await job.pass(deploymentOf('pull', {}));
    expect(mended.main.outputs).toMatchObject({ changed: 'true', 'ready-members': '1' });
  });

  it('shows the last log lines of a server that crashes at its start', async () => {
    job.cluster.workload.logs.script('crash/migratorydata-0', {
      current: ['Starting MigratoryData Server', 'ERROR The license key is not valid'],
    });
    const failed = await job.fail(deploymentOf('crash', { image: faultImages.crashes }));
    expect(failed.main.outputs['error-code']).toBe('crash-loop');
    const said = errorOf(failed);
    expect(said).toContain('The container migratorydata of pod migratorydata-0 exits repeatedly');
    expect(said).toContain('exit code 1');
    expect(said).toContain('ERROR The license key is not valid');
    expect(failed.main.summary).toContain('ERROR The license key is not valid');
  });

  it('names what a container needs and does not exist', async () => {
    const failed = await job.fail(deploymentOf('config', { image: faultImages.lacksSecret }));
    expect(failed.main.outputs['error-code']).toBe('container-config');
    expect(errorOf(failed)).toContain('secret "migratorydata-license" not found');
  });

  it('says that no node has enough resources', async () => {
    const failed = await job.fail(deploymentOf('room', { 'cpu-request': '64' }));
    expect(failed.main.outputs['error-code']).toBe('unschedulable');
    expect(errorOf(failed)).toContain('0/3 nodes are available: 3 Insufficient cpu');
  });

  it('continues when an unavailable webhook is available again', async () => {
    const webhook = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
    await job.cluster.api.request('POST', webhook, unreachableWebhook('away'));
    const deployed = job.pass(deploymentOf('away', {}));
    await untilRefused(job, 'away', 9);
    await job.cluster.api.request('DELETE', `${webhook}/away`);
    expect((await deployed).main.outputs).toMatchObject({ outcome: 'success', 'ready-members': '1' });
  });

  it('names the policy that refuses the pods, and continues after its removal although the event still exists', async () => {
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    await job.cluster.api.request('POST', '/api/v1/namespaces', { metadata: { name: 'policy', labels } });
    const failed = await job.fail(deploymentOf('policy', {}));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'pod-security', 'error-transient': 'false' });
    expect(errorOf(failed)).toContain('violates PodSecurity "restricted:latest"');
    expect(failed.report.errors[0]?.evidence).toContain('FailedCreate');

    const lifted = { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } };
    await job.cluster.api.patch('/api/v1/namespaces/policy', lifted);
    const { main } = await job.pass(deploymentOf('policy', {}));
    expect(main.outputs).toMatchObject({ outcome: 'success', 'ready-members': '1' });
  });

  it('waits for the address of a load balancer until the deadline', async () => {
    job.cluster.workload.balancer.setFault({ kind: 'pending' });
    const failed = await job.fail(
      deploymentOf('pending', { 'service-type': 'public', 'source-ranges': 'runner', 'verify-timeout': '15s' }),
    );
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'load-balancer-pending', 'error-transient': 'true' });
    expect(errorOf(failed)).toMatch(/Service migratorydata-cs has no address yet, after \d+ s/);
    expect(failed.report.errors[0]?.evidence).toContain('EnsuringLoadBalancer');
  });

  it('stops waiting for a load balancer that Azure refuses permanently', async () => {
    const message = 'Cannot create more than 20 public IP addresses for this subscription in this region.';
    job.cluster.workload.balancer.setFault({ kind: 'failed', code: 'PublicIPCountLimitReached', message });
    const failed = await job.fail(deploymentOf('refused', { 'service-type': 'public', 'source-ranges': 'runner' }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'load-balancer-failed', 'error-transient': 'false' });
    expect(errorOf(failed)).toContain('PublicIPCountLimitReached');
    expect(errorOf(failed)).toContain(message);

    // The reason is removed: the same step now succeeds.
    job.cluster.workload.balancer.setFault({ kind: 'none' });
    const { main } = await job.pass(deploymentOf('refused', { 'service-type': 'public', 'source-ranges': 'runner' }));
    expect(main.outputs['external-ip']).toMatch(/^127\./);
  });
});

/** Returns a webhook for the pods of a namespace, with an unreachable address and failure policy Fail. */
function unreachableWebhook(namespace: string): object {
  return {
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'mutation.azure-workload-identity.io',
        clientConfig: { url: 'https://127.0.0.1:9/mutate' },
        failurePolicy: 'Fail',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  };
}

/** Resolves when the StatefulSet controller has reported `times` times that it could not create a pod. */
async function untilRefused({ cluster }: KubeconfigJob, namespace: string, times: number): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=reason%3DFailedCreate`;
  await waitForObjects<Event>(cluster.api, path, found => found.some(event => timesSeen(event) >= times), 60_000);
}
