import { afterAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, Node, Service } from '../../../src/kubernetes/api/types.js';
import { createAuthority } from '../../support/tls.js';
import type { SimulatedCluster } from '../lab.js';
import { waitForObjects } from '../wait.js';
import { internalAddress } from '../workload/kubelet.js';
import { oneMember, startKubeconfigJob, type KubeconfigJob } from './support/kubeconfig-job.js';
import { errorOf, notesOf, type Inputs } from './support/steps.js';
import { useLab } from './support/use-lab.js';

const folder = 'examples/config';
/** The patches of the file count, and not those of the job. */
const ownPatches = { patches: '' };

/** A definition of ServiceMonitors, as the Prometheus operator has it, but without its schema. */
const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
const serviceMonitors = {
  metadata: { name: 'servicemonitors.monitoring.coreos.com' },
  spec: {
    group: 'monitoring.coreos.com',
    scope: 'Namespaced',
    names: { kind: 'ServiceMonitor', plural: 'servicemonitors' },
    versions: [{ name: 'v1', served: true, storage: true, schema }],
  },
};

interface Definition extends KubernetesObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** A repository that has the example files as they are, and deploys each to a namespace of its own. */
describe('the config file of an example', () => {
  let job: KubeconfigJob<SimulatedCluster>;
  const tried = new Set<string>();

  const create = (path: string, body: object): Promise<unknown> => job.cluster.api.request('POST', path, body);
  const find = <T extends KubernetesObject>(path: string): Promise<T> => job.cluster.api.request<T>('GET', path);
  const createNamespace = (name: string, labels: Inputs = {}): Promise<unknown> =>
    create('/api/v1/namespaces', { metadata: { name, labels } });
  const createSecret = (namespace: string, name: string, stringData: Inputs): Promise<unknown> =>
    create(`/api/v1/namespaces/${namespace}/secrets`, { metadata: { name }, stringData });
  /** Returns a step with the file, small and in its namespace. */
  const stepOf = (example: string, more: Inputs = {}): Inputs => {
    tried.add(`${example}.yaml`);
    return { operation: 'deploy', config: `${example}.yaml`, namespace: example, ...oneMember, ...more };
  };
  const onNodes = { 'service-type': 'node-port' };
  /** Returns the options with which the server of a namespace runs, by name. */
  const optionsOf = (namespace: string): Readonly<Record<string, string>> => {
    const members = job.cluster.workload.members.list().filter(member => member.namespace === namespace);
    return Object.fromEntries(members[0]?.options.given ?? []);
  };

  afterAll(() => {
    expect([...tried].sort()).toEqual(readdirSync(folder).filter(name => name.endsWith('.yaml')));
  });

  useLab(async lab => {
    job = await startKubeconfigJob(lab, await lab.standaloneCluster('kind'));
    await cp(folder, job.folder, { recursive: true });
  });

  it('is plain: a message comes back', async () => {
    await job.pass(stepOf('plain', onNodes));
    const verified = await job.pass(stepOf('plain', { operation: 'verify' }));
    expect(notesOf(verified)).toContainEqual(expect.stringMatching(/^A message was accepted in /));
  });

  it('is for kind: it says how clients come in', async () => {
    const { main } = await job.pass(stepOf('kind'));
    expect(main.outputs['url']).toMatch(/^http:\/\/127\.[\d.]+:3\d{4}$/);
  });

  it('has TLS: clients come in by the name in the certificate, and trust its authority', async () => {
    const made = join(job.folder, 'authority');
    await mkdir(made);
    const authority = await createAuthority(made, 'authority of the example');
    const { items } = await job.cluster.api.list<Node>('/api/v1/nodes');
    const addresses = items.flatMap(node => internalAddress(node) ?? []);
    await authority.issue('push', { names: ['DNS:push.example.com', ...addresses.map(address => `IP:${address}`)] });
    const keystore = await authority.keystore('push', 'of-a-keystore-0001');
    await writeFile(join(job.folder, 'ops/authority.pem'), await readFile(authority.caFile));
    await createNamespace('tls');
    await create('/api/v1/namespaces/tls/secrets', {
      metadata: { name: 'push-tls' },
      data: { keystore: keystore.toString('base64'), password: Buffer.from('of-a-keystore-0001').toString('base64') },
    });
    expect((await job.pass(stepOf('tls', onNodes))).main.outputs['url']).toBe('https://push.example.com');

    // No server of the lab knows the name, so its clients use a node.
    const { spec } = await find<Service>('/api/v1/namespaces/tls/services/migratorydata-cs');
    const local = { 'public-url': `https://${addresses[0] ?? ''}:${String(spec.ports?.[0]?.nodePort)}` };
    await job.pass(stepOf('tls', { ...onNodes, ...local }));
    const verified = await job.pass(stepOf('tls', { operation: 'verify', ...local }));
    expect(notesOf(verified)).toContainEqual(expect.stringMatching(/^A message was accepted in /));
  });

  it('has JSON Web Tokens: the server gets the key from the Secret', async () => {
    const key = Buffer.alloc(32, 'k').toString('base64');
    await createNamespace('jwt');
    await createSecret('jwt', 'jwt', { hmac: key });
    await job.pass(stepOf('jwt', onNodes));
    expect(optionsOf('jwt')).toMatchObject({
      ...{ Entitlement: 'JWT', 'signature.type': 'hmac', 'signature.hmac.secret': key },
    });
  });

  it('has metrics: without the Prometheus operator it says what is missing, with it all is there', async () => {
    await createNamespace('prometheus');
    await createSecret('prometheus', 'monitoring', { password: 'only-for-metrics' });
    const { main } = await job.fail(stepOf('prometheus', onNodes));
    expect(errorOf({ main })).toContain('does not support the kind ServiceMonitor in monitoring.coreos.com/v1');

    const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    await create(definitions, serviceMonitors);
    await waitForObjects<Definition>(job.cluster.api, definitions, ([found]) =>
      (found?.status?.conditions ?? []).some(({ type, status }) => type === 'Established' && status === 'True'),
    );
    await job.pass(stepOf('prometheus', onNodes));
    expect(optionsOf('prometheus')).toMatchObject({
      ...{ Monitor: 'PROMETHEUS', 'MonitorPrometheus.Listen': '*:9900', MonitorPassword: 'only-for-metrics' },
    });
    const namespaced = 'namespaces/prometheus';
    const service = await find<Service>(`/api/v1/${namespaced}/services/push-metrics`);
    const monitor = await find<KubernetesObject & { readonly spec: { readonly selector: object } }>(
      `/apis/monitoring.coreos.com/v1/${namespaced}/servicemonitors/push-metrics`,
    );
    expect(monitor.spec.selector).toEqual({ matchLabels: { app: service.metadata.labels?.['app'] } });
    const [member] = await job.objects.members('prometheus');
    expect(service).toMatchObject({ spec: { selector: { app: member?.metadata.labels?.['app'] } } });
  });

  it('has Kafka between the members: its credentials are files from a Secret', async () => {
    await createNamespace('kafka');
    await createSecret('kafka', 'kafka', { 'client.properties': 'security.protocol=SASL_SSL\n' });
    await job.pass(stepOf('kafka', { ...onNodes, ...ownPatches }));
    expect(optionsOf('kafka')).toMatchObject({ ClusterEngine: 'kafka' });
    const [{ spec } = { spec: { containers: [] } }] = await job.objects.members('kafka');
    expect(spec).toMatchObject({
      containers: [
        {
          env: expect.arrayContaining([
            {
              name: 'MIGRATORYDATA_KAFKA_EXTRA_OPTS',
              value: expect.stringContaining('-Dbootstrap.servers=') as unknown,
            },
          ]),
          volumeMounts: [{ subPath: 'client.properties' }, { subPath: 'client.properties' }],
        },
      ],
      volumes: [{ secret: { secretName: 'kafka' } }],
    });
  });

  it('has an image of a private registry: the members get a pull secret', async () => {
    const credentials = { 'registry-credentials': 'registry.example.com puller of-a-registry-0001' };
    await job.pass(stepOf('private-registry', { ...onNodes, ...credentials }));
    const [member] = await job.objects.members('private-registry');
    expect(member?.spec).toMatchObject({
      containers: [{ image: 'registry.example.com/push/migratorydata-server:6.0.24' }],
      imagePullSecrets: [{ name: 'migratorydata-registry-1' }],
    });
    expect((await job.objects.secrets('private-registry')).map(({ type }) => type)).toContain(
      'kubernetes.io/dockerconfigjson',
    );
  });

  it('is for a restricted namespace: its API server admits the members', async () => {
    await createNamespace('restricted', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await job.pass(stepOf('restricted', { ...onNodes, ...ownPatches }));
    expect(await job.objects.members('restricted')).toHaveLength(1);
  });
});
