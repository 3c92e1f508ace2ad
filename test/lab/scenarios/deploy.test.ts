import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { KubernetesObject } from '../../../src/kubernetes/types.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { namesOf, uidsOf } from './support/objects.js';
import { errorOf, notesOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

describe('deploying', () => {
  let job: KubeconfigJob;

  /** Returns the inputs of a deployment of one member, in the given namespace. */
  const deploymentOf = (namespace: string, inputs: Inputs = {}): Inputs => ({
    operation: 'deploy',
    'service-type': 'node-port',
    namespace,
    ...oneMember,
    ...inputs,
  });
  /** Writes patches into a folder as a user would keep them. */
  const patchesOf = async (name: string, files: Inputs): Promise<string> => {
    const folder = join(job.folder, `patches-${name}`);
    await mkdir(folder);
    await Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(folder, file), text)));
    return folder;
  };

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
  });

  it('uses a namespace of someone else, and neither labels nor deletes it', async () => {
    const theirs = { metadata: { name: 'theirs', labels: { team: 'shop' } } };
    await job.cluster.api.request('POST', '/api/v1/namespaces', theirs);

    const deployed = await job.pass(deploymentOf('theirs'));
    expect(notesOf(deployed)).toContain(
      'Namespace theirs exists and was not created by this action: it is used, but never deleted.',
    );

    const refused = await job.fail({ operation: 'teardown', namespace: 'theirs' });
    expect(refused.main.outputs).toMatchObject({ outcome: 'failure', 'error-code': 'namespace-not-ours' });
    const { metadata, status } = await job.objects.namespace('theirs');
    expect(status?.phase).toBe('Active');
    expect(metadata.labels).toEqual({ team: 'shop', 'kubernetes.io/metadata.name': 'theirs' });
    expect(namesOf(await job.objects.members('theirs'))).toEqual(['migratorydata-0']);
  });

  it('applies a folder of patches with one additional kubectl process', async () => {
    const patches = await patchesOf('fitting', {
      'place.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { nodeSelector: { kubernetes.io/hostname: kind-worker2 } } } }`,
      'tolerate.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { tolerations: [{ key: dedicated, operator: Exists }] } } }`,
      'README.md': 'Not a patch.',
    });
    const { report } = await job.pass(deploymentOf('patched', { patches }));
    const [member] = await job.objects.members('patched');
    expect(member?.spec.nodeName).toBe('kind-worker2');
    const { template } = (await job.objects.statefulSet('patched')).spec;
    expect(template.spec['tolerations']).toEqual([{ key: 'dedicated', operator: 'Exists' }]);
    expect(template.spec['nodeSelector']).toMatchObject({ 'kubernetes.io/arch': 'amd64' });
    expect(report.commands.map(({ tool, argv }) => `${tool} ${argv[0] ?? ''}`).sort()).toEqual([
      'kubectl kustomize',
      'kubectl proxy',
    ]);

    const again = await job.pass(deploymentOf('patched', { patches }));
    expect(again.main.outputs['changed']).toBe('false');
    expect(uidsOf(await job.objects.members('patched'))).toEqual([member?.metadata.uid]);
  });

  it('refuses patches that keep the members from finding each other', async () => {
    const patches = await patchesOf('losing', {
      'options.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec:
          template:
            spec:
              containers:
                - name: migratorydata
                  env: [{ name: MIGRATORYDATA_EXTRA_OPTS, value: -DMemory=64MB }]`,
    });
    const refused = await job.fail(deploymentOf('lost', { patches }));
    expect(refused.main.outputs['error-code']).toBe('options-lost');
    expect(errorOf(refused)).toContain('ClusterMembers');
    await expect(job.objects.namespace('lost')).rejects.toThrow('not found');
  });

  it('names a patch that does not fit, and changes nothing', async () => {
    const patches = await patchesOf('broken', {
      'stray.yaml': 'kind: Deployment\nmetadata: { name: web }\nspec: {}\n',
    });
    const stray = await job.fail(deploymentOf('broken', { patches }));
    expect(stray.main.outputs['error-code']).toBe('patches-failed');
    expect(errorOf(stray)).toContain(`Deployment web (${patches}/stray.yaml) does not exist`);

    await writeFile(join(patches, 'stray.yaml'), 'kind: StatefulSet\nmetadata: { name: [\n');
    const unreadable = await job.fail(deploymentOf('broken', { patches }));
    expect(unreadable.main.outputs['error-code']).toBe('patches-failed');
    expect(errorOf(unreadable)).toContain(`${patches}/stray.yaml cannot be read`);

    const mismatch = 'kind: StatefulSet\nmetadata: { name: migratorydata }\nspec: { template: [] }\n';
    await writeFile(join(patches, 'stray.yaml'), mismatch);
    const unfit = await job.fail(deploymentOf('broken', { patches }));
    expect(unfit.main.outputs['error-code']).toBe('patches-failed');
    expect(errorOf(unfit)).toContain(`The patches in ${patches} cannot be applied`);
    await expect(job.objects.namespace('broken')).rejects.toThrow('not found');
  });

  it('names the field that Kubernetes does not allow to change', async () => {
    const patches = await patchesOf('immutable', {
      'parallel.yaml':
        'kind: StatefulSet\nmetadata: { name: migratorydata }\nspec: { podManagementPolicy: Parallel }\n',
    });
    const before = await job.objects.statefulSet('patched');
    const refused = await job.fail(deploymentOf('patched', { patches }));
    expect(refused.main.outputs['error-code']).toBe('immutable-field');
    expect(errorOf(refused)).toContain('podManagementPolicy is "OrderedReady" and would become "Parallel"');
    expect((await job.objects.statefulSet('patched')).metadata.generation).toBe(before.metadata.generation);
  });

  it('applies further objects with it, updates members that use them, and deletes what is removed', async () => {
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
    const patches = await patchesOf('using', {
      'volume.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { volumes: [{ name: audit, configMap: { name: audit } }] } } }`,
    });
    const inputs = deploymentOf('extended', { patches, resources });
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

  it('collects diagnostics of a deployment, without any secret', async () => {
    const secrets = { 'entitlement-token': 'token-of-a-publisher', 'cluster-password': 'password-of-a-member' };
    await job.pass(deploymentOf('observed', { ...secrets, rest: 'true' }));
    const { reports } = await job.pass({ operation: 'collect', namespace: 'observed', ...secrets });

    const bundle = join(reports, 'diagnostics');
    const files = (await readdir(bundle, { recursive: true })).sort();
    expect(files).toEqual(
      expect.arrayContaining([
        'events.txt',
        'logs/migratorydata-0-migratorydata.log',
        'node.yaml',
        'pod.yaml',
        'secret.yaml',
        'service.yaml',
        'statefulset.yaml',
      ]),
    );
    const read = (file: string): Promise<string> => readFile(join(bundle, file), 'utf8');
    expect(await read('events.txt')).toMatch(/^Pod\/migratorydata-0 .* Started /m);
    expect(await read('logs/migratorydata-0-migratorydata.log')).toContain('ClusterMembers');
    expect(await read('statefulset.yaml')).toContain('name: migratorydata');
    expect(await read('secret.yaml')).toContain('- entitlement-token');
    const everything = (await Promise.all(files.filter(name => name.includes('.')).map(read))).join('\n');
    for (const secret of Object.values(secrets)) {
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });
});
