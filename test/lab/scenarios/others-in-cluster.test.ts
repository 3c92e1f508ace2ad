import { describe, expect, it } from '@jest/globals';
import type { Lab, LabCluster } from '../lab.js';
import { bind, createAccount } from './support/accounts.js';
import { type JsonPatch, startWebhooks } from './support/admission-webhook.js';
import { startGateway } from './support/gateway.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, type Inputs, notesOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

/** Inputs from public reports about clusters with gateways, service meshes, limits and queues of their own. */
describe('a cluster in which others are at work', () => {
  let lab: Lab;
  let cluster: LabCluster;
  let job: KubeconfigJob;

  const deploy = (namespace: string, more: Inputs = {}): Inputs => ({
    ...{ operation: 'deploy', 'service-type': 'node-port', namespace, ...oneMember },
    ...more,
  });
  const createNamespace = async (name: string): Promise<void> => {
    await cluster.api.request('POST', '/api/v1/namespaces', { metadata: { name } });
  };
  const pods = [{ apiGroups: [''], resources: ['pods'] }];

  useLab(async started => {
    lab = started;
    cluster = await lab.standaloneCluster('others');
    job = await startKubeconfigJob(lab, cluster);
  });

  it('is reached through a gateway that has it at a path (kubernetes/kubernetes issue 94280)', async () => {
    const account = await createAccount(lab, cluster, 'gateway');
    await bind(cluster, 'gateway', { kind: 'ClusterRole', name: 'cluster-admin' }, undefined);
    await using gateway = await startGateway(lab, cluster, account);
    const { main } = await job.pass(deploy('gateway', { kubeconfig: gateway.kubeconfig }));
    expect(main.outputs['ready-members']).toBe('1');
  });

  it('adds the container of a mesh in front of ours (istio/istio pull request 24737)', async () => {
    await using webhooks = await startWebhooks(lab.folder);
    await createNamespace('mesh');
    const answer = (): { readonly patch: JsonPatch } => ({ patch: sidecar });
    await webhooks.register(cluster, {
      name: 'sidecar-injector.istio.io',
      kind: 'mutating',
      namespace: 'mesh',
      rules: pods,
      answer,
    });
    const first = await job.pass(deploy('mesh'));
    const again = await job.pass(deploy('mesh'));
    expect([first, again].map(({ main }) => main.outputs['changed'])).toEqual(['true', 'false']);
    const step = await job.pass({ operation: 'verify', namespace: 'mesh' });
    expect(notesOf(step).join('\n')).toContain('All members were started with the same list');
    const [member] = await job.objects.members('mesh');
    expect(member?.spec.containers.map(({ name }) => name)).toEqual(['istio-proxy', 'migratorydata']);
  });

  it('limits the CPU to less than a member requests (kubernetes/website issue 45630)', async () => {
    await createNamespace('limits');
    const spec = { limits: [{ type: 'Container', default: { cpu: '300m' }, max: { cpu: '1' } }] };
    await cluster.api.request('POST', '/api/v1/namespaces/limits/limitranges', { metadata: { name: 'cpu' }, spec });
    const failed = await job.fail(deploy('limits'));
    expect(failed.main.outputs['error-code']).toBe('limit-range');
    expect(errorOf(failed)).toContain('must be less than or equal to cpu limit of 300m');
  });
});

const sidecar: JsonPatch = [
  { op: 'add', path: '/spec/containers/0', value: { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.24.2' } },
  { op: 'add', path: '/spec/initContainers', value: [{ name: 'istio-init', image: 'docker.io/istio/proxyv2:1.24.2' }] },
];
