import { describe, expect, it } from '@jest/globals';
import { faultImages } from '../lab.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('a deployment that cannot succeed', () => {
  let job: KubeconfigJob;

  /** A step that waited for its time to be over would hang here: two hours are more than any scenario may take. */
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

  it('names the image that cannot be pulled, in the words of the registry, and does not wait any longer', async () => {
    const failed = await job.fail(deploymentOf('pull', { image: faultImages.neverPulls }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'image-pull', 'error-transient': 'false' });
    const said = errorOf(failed);
    expect(said).toContain('pod migratorydata-0');
    expect(said).toContain(faultImages.neverPulls);
    expect(said).toContain('failed to resolve reference "docker.io/migratorydata/server:does-not-exist"');
    expect(said).toContain('Check the name and tag in `image`');
    expect(failed.main.summary).toContain('image-pull');
    expect(failed.report.errors).toMatchObject([{ code: 'image-pull', phase: 'deploy' }]);

    // With the image corrected the stuck pod is replaced.
    const mended = await job.pass(deploymentOf('pull', {}));
    expect(mended.main.outputs).toMatchObject({ changed: 'true', 'ready-members': '1' });
  });

  it('shows the last words of a server that crashes at its start', async () => {
    job.cluster.workload.logs.script('crash/migratorydata-0', {
      current: ['Starting MigratoryData Server', 'ERROR The license key is not valid'],
    });
    const failed = await job.fail(deploymentOf('crash', { image: faultImages.crashes }));
    expect(failed.main.outputs['error-code']).toBe('crash-loop');
    const said = errorOf(failed);
    expect(said).toContain('The container migratorydata of pod migratorydata-0 does not stay up');
    expect(said).toContain('exit code 1');
    expect(said).toContain('ERROR The license key is not valid');
    expect(failed.main.summary).toContain('ERROR The license key is not valid');
  });

  it('says what the container cannot be made of', async () => {
    const failed = await job.fail(deploymentOf('config', { image: faultImages.lacksSecret }));
    expect(failed.main.outputs['error-code']).toBe('container-config');
    expect(errorOf(failed)).toContain('secret "migratorydata-license" not found');
  });

  it('says that no node has room', async () => {
    const failed = await job.fail(deploymentOf('room', { 'cpu-request': '64' }));
    expect(failed.main.outputs['error-code']).toBe('unschedulable');
    expect(errorOf(failed)).toContain('0/3 nodes are available: 3 Insufficient cpu');
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

  it('gives up on a load balancer that Azure refuses for good, and does not wait any longer', async () => {
    const message = 'Cannot create more than 20 public IP addresses for this subscription in this region.';
    job.cluster.workload.balancer.setFault({ kind: 'failed', code: 'PublicIPCountLimitReached', message });
    const failed = await job.fail(deploymentOf('refused', { 'service-type': 'public', 'source-ranges': 'runner' }));
    expect(failed.main.outputs).toMatchObject({ 'error-code': 'load-balancer-failed', 'error-transient': 'false' });
    expect(errorOf(failed)).toContain('PublicIPCountLimitReached');
    expect(errorOf(failed)).toContain(message);

    // The reason is gone: the same step again is green.
    job.cluster.workload.balancer.setFault({ kind: 'none' });
    const { main } = await job.pass(deploymentOf('refused', { 'service-type': 'public', 'source-ranges': 'runner' }));
    expect(main.outputs['external-ip']).toMatch(/^127\./);
  });
});
