import { describe, expect, it } from '@jest/globals';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Node, Service } from '../../../src/kubernetes/api/types.js';
import { internalAddress } from '../workload/kubelet.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { generousLimits } from './support/limits.js';
import { namesOf, uidsOf } from './support/objects.js';
import { shortWaits } from './support/short-waits.js';
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

  it('finds its port and its container by name, beside those of patches that stand first', async () => {
    const patches = await patchesOf('beside', {
      'port.yaml': `
        kind: Service
        metadata: { name: migratorydata-cs }
        spec: { ports: [{ name: tls, port: 443, protocol: TCP, targetPort: 8443 }] }`,
      'sidecar.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec:
          minReadySeconds: 1
          template:
            spec:
              initContainers: [{ name: istio-init, image: 'proxy:1' }]
              containers: [{ name: istio-proxy, image: 'proxy:1' }]`,
    });
    const beside = { namespace: 'beside', 'service-type': 'node-port', ...oneMember };
    const { main } = await job.pass({ ...beside, operation: 'deploy', patches });
    const service = await job.cluster.api.request<Service>(
      'GET',
      '/api/v1/namespaces/beside/services/migratorydata-cs',
    );
    expect(service.spec.ports?.map(({ name }) => name)).toEqual(['tls', 'client-port']);
    expect(main.outputs['url']).toMatch(new RegExp(`:${service.spec.ports?.[1]?.nodePort ?? 0}$`));
    const [member] = await job.objects.members('beside');
    expect(member?.spec.containers.map(({ name }) => name)).toEqual(['istio-proxy', 'migratorydata']);

    const verified = await job.pass({ ...beside, operation: 'verify' });
    expect(verified.report.members).toMatchObject([
      { image: expect.stringMatching(/^migratorydata\/server:/) as unknown },
    ]);
    expect(verified.report.warnings).toEqual([]);
    const measured = { experiments: 'baseline', hold: '1s', steady: '1s', ...generousLimits };
    expect((await job.pass({ ...beside, operation: 'chaos', ...measured })).main.outputs['verdict']).toBe('pass');
    const again = await job.pass({ ...beside, operation: 'deploy', patches });
    expect(again.main.outputs['changed']).toBe('false');
  });

  it('asks only nodes that serve: no virtual node, and under Local none without a member', async () => {
    const { api } = job.cluster;
    const workers = await api.list<Node>('/api/v1/nodes');
    const addresses = workers.items.flatMap(node => internalAddress(node) ?? []);
    const patches = await patchesOf('last', {
      'place.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { nodeSelector: { kubernetes.io/hostname: ${workers.items.at(-1)?.metadata.name ?? ''} } } } }`,
    });
    const virtual = {
      metadata: { name: 'aci-virtual', labels: { type: 'virtual-kubelet' } },
      spec: { taints: [{ key: 'virtual-kubelet.io/provider', value: 'azure', effect: 'NoSchedule' }] },
      status: {
        conditions: [{ type: 'Ready', status: 'True', lastHeartbeatTime: new Date().toISOString() }],
        addresses: [{ type: 'InternalIP', address: '127.0.0.250' }],
      },
    };
    await api.request('POST', '/api/v1/nodes', virtual);
    const inputs = { 'traffic-policy': 'Local', patches };
    const { main } = await job.pass(deploymentOf('local', inputs));
    expect(main.outputs['url']).toContain(`//${addresses.at(-1) ?? ''}:`);
    await job.pass({ ...deploymentOf('local', inputs), operation: 'verify' });
    // Under Cluster, each node but the virtual one serves. The first that is Ready and accepts a connection is used.
    const spread = await job.pass(deploymentOf('any'));
    expect(addresses).toContain(new URL(spread.main.outputs['url'] ?? '').hostname);
    await api.request('DELETE', '/api/v1/nodes/aci-virtual');
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

  it('refuses patches that change what the action controls, with all problems, and changes nothing', async () => {
    const patches = await patchesOf('controlling', {
      'members.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata, labels: { app.kubernetes.io/managed-by: helm } }
        spec: { replicas: 7, updateStrategy: { type: OnDelete, rollingUpdate: null } }`,
      'selector.yaml': 'kind: Service\nmetadata: { name: migratorydata-cs }\nspec: { selector: { app: web } }\n',
      'scale.yaml':
        'kind: HorizontalPodAutoscaler\nmetadata: { name: migratorydata-autoscale }\nspec: { maxReplicas: 7 }\n',
    });
    const refused = await job.fail(deploymentOf('controlled', { patches }));
    expect(refused.main.outputs['error-code']).toBe('patches-refused');
    for (const problem of [
      'StatefulSet migratorydata: its label app.kubernetes.io/managed-by is changed',
      'spec.replicas is 7 instead of 1',
      'spec.updateStrategy is {"type":"OnDelete"}',
      'Service migratorydata-cs: spec.selector is {"app":"web",',
      'HorizontalPodAutoscaler migratorydata-autoscale: 7 members are more than 5',
    ]) {
      expect(errorOf(refused)).toContain(problem);
    }
    await expect(job.objects.namespace('controlled')).rejects.toThrow('not found');
  });

  it('takes what patches may change everywhere: type, image, budget and autoscaler', async () => {
    const patches = await patchesOf('allowed', {
      'pace.yaml': await readFile(shortWaits, 'utf8'),
      'image.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata }
        spec: { template: { spec: { containers: [{ name: migratorydata, image: 'migratorydata/server:6.0.25' }] } } }`,
      'inside.yaml': `
        kind: Service
        metadata: { name: migratorydata-cs }
        spec: { type: ClusterIP, externalTrafficPolicy: null }`,
      'budget.yaml': `
        kind: PodDisruptionBudget
        metadata: { name: migratorydata-pdb }
        spec: { minAvailable: null, maxUnavailable: 50% }`,
      'scale.yaml': `
        kind: HorizontalPodAutoscaler
        metadata: { name: migratorydata-autoscale }
        spec: { minReplicas: 1, maxReplicas: 2 }`,
    });
    // By the inputs, the step would wait for a load balancer, which no cluster of this kind has.
    const inputs = deploymentOf('allowed', { patches, 'service-type': 'public', 'verify-timeout': '1m' });
    const deployed = await job.pass(inputs);
    expect(deployed.main.outputs).toMatchObject({
      image: 'migratorydata/server:6.0.25',
      url: 'http://migratorydata-cs.allowed.svc.cluster.local:80',
    });
    expect(deployed.report.warnings).toEqual([]);
    // What the cluster knows need not be said again, and a type that differs from the patched one is refused.
    const scaled = await job.pass({ ...inputs, 'service-type': '', operation: 'autoscale' });
    expect(scaled.report.facts['Autoscaler']).toMatch(/^migratorydata-autoscale: \d+% of 50% CPU, 1 to 2 members$/);
  });

  it('reads and writes YAML as kubectl does', async () => {
    const patches = await patchesOf('octal', {
      'pace.yaml': await readFile(shortWaits, 'utf8'),
      'keys.yaml': `
        kind: StatefulSet
        metadata: { name: migratorydata, annotations: { 'on': 'yes', count: '1_000' } }
        spec:
          template:
            spec:
              volumes: [{ name: keys, secret: { secretName: keys, optional: true, defaultMode: 0400 } }]`,
    });
    await job.pass(deploymentOf('on', { patches }));
    const { metadata, spec } = await job.objects.statefulSet('on');
    expect(metadata.annotations).toMatchObject({ on: 'yes', count: '1_000' });
    expect(spec.template.spec['volumes']).toMatchObject([{ secret: { defaultMode: 0o400 } }]);
  });

  it('refuses to take over the deployment of another repository, or objects of someone else', async () => {
    const { api } = job.cluster;
    const path = '/apis/apps/v1/namespaces/on/statefulsets/migratorydata';
    const before = await job.objects.statefulSet('on');
    const key = 'migratorydata-aks/repository';
    const repository = before.metadata.annotations?.[key] ?? '';
    expect(repository).not.toBe('');
    await api.patch(path, { metadata: { annotations: { [key]: 'acme/other' } } });
    const refused = await job.fail(deploymentOf('on'));
    expect(refused.main.outputs['error-code']).toBe('deployment-not-ours');
    expect(errorOf(refused)).toContain('StatefulSet migratorydata is of repository acme/other; to take it over, run');
    await api.patch(path, { metadata: { annotations: { [key]: repository } } });

    const service = { metadata: { name: 'migratorydata-hs' }, spec: { clusterIP: 'None', ports: [{ port: 1 }] } };
    await api.request('POST', '/api/v1/namespaces', { metadata: { name: 'shared' } });
    await api.request('POST', '/api/v1/namespaces/shared/services', service);
    const theirs = await job.fail(deploymentOf('shared'));
    expect(errorOf(theirs)).toContain('Service migratorydata-hs was not created by this action');
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
