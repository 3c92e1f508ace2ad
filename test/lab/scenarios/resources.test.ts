import { describe, expect, it } from '@jest/globals';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, notesOf } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('further objects of a deployment', () => {
  let job: KubeconfigJob;

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  });

  it('are applied with it, update the members that use them, and are deleted when they are removed', async () => {
    const resources = join(job.folder, 'resources');
    const write = (file: string, text: string): Promise<void> => writeFile(join(resources, file), text);
    const config = (level: string): Promise<void> =>
      write('config.yaml', `{ apiVersion: v1, kind: ConfigMap, metadata: { name: audit }, data: { level: ${level} } }`);
    const policy = (port: number): Promise<void> =>
      write(
        'policy.yaml',
        `
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: { name: clients }
        spec: { podSelector: {}, ingress: [{ ports: [{ port: ${port} }] }] }`,
      );
    await mkdir(resources);
    await Promise.all([
      config('low'),
      policy(8800),
      write('account.json', '{ "apiVersion": "v1", "kind": "ServiceAccount", "metadata": { "name": "audit" } }'),
      write(
        'secret.yml',
        'apiVersion: v1\nkind: Secret\nmetadata: { name: audit }\nstringData: { key: hidden-from-all }\n',
      ),
    ]);
    const patches = join(job.folder, 'volume.yaml');
    await writeFile(
      patches,
      `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { volumes: [{ name: audit, configMap: { name: audit } }] } } }`,
    );
    const inputs = {
      operation: 'deploy',
      'service-type': 'node-port',
      namespace: 'extended',
      ...oneMember,
      patches,
      resources,
    };
    const uid = async (): Promise<unknown> => (await job.objects.members('extended'))[0]?.metadata.uid;
    const find = (path: string): Promise<KubernetesObject> =>
      job.cluster.api.request('GET', path.replace('NS', 'namespaces/extended'));

    const first = await job.pass(inputs);
    expect(notesOf(first)).toContain(
      'Applied from resources: ServiceAccount audit, Secret audit, ConfigMap audit, NetworkPolicy clients.',
    );
    expect(
      [first.main.stdout, JSON.stringify(first.report)].join('').replaceAll(/^::add-mask::.*$/gm, ''),
    ).not.toContain('hidden-from-all');
    const before = await uid();
    expect((await job.pass(inputs)).main.outputs['changed']).toBe('false');
    await policy(8443);
    expect((await job.pass(inputs)).main.outputs['changed']).toBe('true');
    expect(await uid()).toBe(before);
    await config('high');
    await job.pass(inputs);
    expect(await uid()).not.toBe(before);

    await Promise.all(['account.json', 'secret.yml'].map(file => rm(join(resources, file))));
    expect(notesOf(await job.pass(inputs))).toContain(
      'Deleted, because resources no longer has it: ServiceAccount audit, Secret audit.',
    );
    await expect(find('/api/v1/NS/serviceaccounts/audit')).rejects.toThrow('not found');
    await expect(find('/api/v1/NS/secrets/audit')).rejects.toThrow('not found');
    expect((await find('/apis/networking.k8s.io/v1/NS/networkpolicies/clients')).metadata.labels).toMatchObject({
      'app.kubernetes.io/managed-by': 'migratorydata-aks',
    });

    await write('role.yaml', 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: all }\n');
    const tooFar = await job.fail(inputs);
    expect(tooFar.main.outputs['error-code']).toBe('resources-failed');
    await write('role.yaml', 'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: push }\n');
    expect(errorOf(await job.fail(inputs))).toContain('does not support the kind Certificate in cert-manager.io/v1');

    await job.pass({ operation: 'teardown', namespace: 'extended' });
    await job.objects.untilNamespaceGone('extended');
  });
});
