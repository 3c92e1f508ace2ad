import { annotationKey } from '../../../src/migratorydata/object-names.js';
import { absent, clusterJson, prints } from '../azure/fixtures.js';
import { podOf, pods, statefulSets } from '../kubernetes/samples.js';
import { onAks } from './azure-bench.js';
import { leaveExperiment } from './controllers.js';
import type { Variant } from './permission-bench.js';
import { nodes, onKubeconfig, type OperationBench } from './support.js';

const services = '/api/v1/namespaces/ns/services';
const node = onKubeconfig;
const balanced = { ...node, 'service-type': 'public' };
const inside = { ...node, 'service-type': 'cluster-ip' };
const local = { ...node, 'traffic-policy': 'Local' };
const rest = { ...node, rest: 'true' };

/** A run that has ended holds a lock. */
function leaveLock({ cluster }: OperationBench, namespace: string, name: string): void {
  const spec = {
    holderIdentity: 'acme/shop/7/chaos-0',
    leaseDurationSeconds: 1,
    acquireTime: 'noon',
    renewTime: 'noon',
  };
  cluster.put(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`, { metadata: { name, namespace }, spec });
}
const underLeftLock = (bench: OperationBench): void => {
  leaveLock(bench, 'ns', 'migratorydata-aks');
};
const withBothLocksLeft = (bench: OperationBench): void => {
  underLeftLock(bench);
  leaveLock(bench, 'default', 'migratorydata-aks-nodes');
};
/** The client Service is of a type, as a step finds it that says another. */
const ofType =
  (type: string, prepare: (bench: OperationBench) => void) =>
  (bench: OperationBench): void => {
    const service = bench.cluster.get(`${services}/migratorydata-cs`) ?? { metadata: { name: '' } };
    bench.cluster.put(services, { ...service, spec: { ...(service['spec'] as object), type } });
    prepare(bench);
  };
/** The load balancer has an address, whatever is applied. */
const withAddress = ({ cluster }: OperationBench): void => {
  const { react } = cluster;
  const give = (): void => {
    const service = cluster.get(`${services}/migratorydata-cs`);
    const status = { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } };
    if (service && service['status'] === undefined) cluster.put(services, { ...service, status });
  };
  cluster.react = change => {
    react(change);
    give();
  };
  give();
};
const withProxy = ({ cluster }: OperationBench): void => {
  cluster.scripts.push(({ path }, response) => {
    if (!path.includes('/proxy')) return false;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<title>MigratoryData</title>');
    return true;
  });
};
/** The probe pod runs and gets answers. */
const withProbe = ({ cluster }: OperationBench): void => {
  const { react } = cluster;
  cluster.react = change => {
    react(change);
    const pod = cluster.get(`${pods}/migratorydata-probe`);
    if (pod === undefined || pod['status'] !== undefined) return;
    const status = { containerStatuses: [{ name: 'probe', restartCount: 0, state: { running: {} } }] };
    cluster.put(pods, { ...pod, spec: { nodeName: 'c' }, status });
  };
  const service = cluster.get(`${services}/migratorydata-cs`);
  const spec = { ...(service?.['spec'] as object), clusterIP: '10.0.0.9' };
  cluster.put(services, { ...service, metadata: { name: 'migratorydata-cs', ...service?.metadata }, spec });
  cluster.scripts.unshift(({ path, query }, response) => {
    if (!path.endsWith('/migratorydata-probe/log')) return false;
    response.writeHead(200).write('1 10.00 10.01 ok\n');
    if (!query.has('follow')) response.end();
    return true;
  });
};
const resources = '/workspace/ops.yaml';
const extra = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
/** An earlier step has applied an object that has left the files. */
const withFormerResource = async (bench: OperationBench): Promise<void> => {
  bench.files.texts.set(resources, extra('former'));
  await bench.run('deploy', { ...node, resources });
  bench.files.texts.set(resources, extra('present'));
};
const withAutoscaler = async (bench: OperationBench): Promise<void> => {
  await bench.run('autoscale');
};
const withBrokenMember = ({ cluster }: OperationBench): void => {
  const [set, pod] = [cluster.get(`${statefulSets}/migratorydata`), podOf(2, { ready: false })];
  const ownerReferences = [{ kind: 'StatefulSet', name: 'migratorydata', uid: set?.metadata['uid'], controller: true }];
  cluster.put(pods, { ...pod, metadata: { ...pod.metadata, ownerReferences } });
};
const withMuchToCollect = ({ cluster }: OperationBench): void => {
  for (let index = 100; index < 160; index += 1) cluster.put(nodes, { metadata: { name: `n${index}` } });
  cluster.put(pods, podOf(0, { node: 'n159', containers: [{}] }));
};
const leftExperiment = async (bench: OperationBench): Promise<void> => {
  await leaveExperiment(bench.cluster, { replicas: { from: 3, set: 4 } });
  const set = bench.cluster.get(`${statefulSets}/migratorydata`);
  const spec = { ...(set?.['spec'] as object), replicas: 4 };
  bench.cluster.put(statefulSets, { ...set, metadata: { name: 'migratorydata', ...set?.metadata }, spec });
  bench.cluster.react({ method: 'PUT', path: statefulSets, body: undefined });
};
const leftFrozen = async (bench: OperationBench): Promise<void> => {
  await bench.run('autoscale');
  const path = '/apis/autoscaling/v2/namespaces/ns/horizontalpodautoscalers';
  const hpa = bench.cluster.get(`${path}/migratorydata-autoscale`);
  const metadata = {
    name: 'migratorydata-autoscale',
    ...hpa?.metadata,
    annotations: { [annotationKey('former-bounds')]: '3-5' },
  };
  const spec = { ...(hpa?.['spec'] as object), minReplicas: 3, maxReplicas: 3 };
  bench.cluster.put(path, { ...hpa, metadata, spec });
  await leaveExperiment(bench.cluster);
};
const refusingDeletion = (bench: OperationBench): void => {
  bench.failAt('DELETE namespaces/ns');
};
const keptNamespace = (bench: OperationBench): void => {
  bench.keepNamespace();
};
const withNewCluster = ({ runner }: OperationBench): void => {
  runner.on('GET resourceGroups/', absent).on('GET managedClusters/', prints(clusterJson()));
  const kubeconfig = prints({ kubeconfigs: [{ value: Buffer.from('users: []').toString('base64') }] });
  runner.on('listClusterUserCredential', kubeconfig).on('PUT resourceGroups/', prints({})).on('aks create', {});
};

/** Another deployment is in the namespace, and this one has everything that a deployment may have. */
const besideAnother = async (bench: OperationBench): Promise<void> => {
  bench.files.texts.set(resources, extra('former'));
  await bench.run('deploy', { ...node, resources, 'license-key': 'license-0123456789' });
  await bench.run('autoscale');
  await bench.run('deploy', { ...node, name: 'chat' });
  // The members stay when their StatefulSet is deleted, so that the step waits for them.
  bench.cluster.react = () => undefined;
};

const chaos = {
  ...{ ...node, steady: '1s', hold: '1s', 'probe-interval': '100ms' },
  // Waits are simulated, but each connection of the probe costs time.
  ...{ 'max-recovery': '1m', 'min-availability': '0' },
};
const experiment = (experiments: string, more: object = {}, prepare?: Variant['prepare']): Variant => ({
  ...{ operation: 'chaos', given: { ...chaos, experiments, ...more }, deployed: node },
  ...(prepare && { prepare }),
});

/** Runs of each operation that need, taken together, all permissions that it declares. */
export const variants: readonly Variant[] = [
  { operation: 'create', given: onAks, prepare: withNewCluster },
  { operation: 'deploy', given: node },
  { operation: 'deploy', given: local },
  { operation: 'deploy', given: node, deployed: node, prepare: underLeftLock },
  { operation: 'deploy', given: { ...node, resources }, deployed: node, prepare: withFormerResource },
  { operation: 'deploy', given: balanced, deployed: node, prepare: withAddress },
  { operation: 'deploy', given: { ...rest, image: 'migratorydata/server:6.0.25' }, deployed: rest },
  {
    operation: 'deploy',
    given: { ...node, image: 'migratorydata/server:6.0.25' },
    deployed: node,
    prepare: withBrokenMember,
  },
  { operation: 'deploy', given: { ...node, 'max-replicas': '7', 'allow-full-restart': 'true' }, deployed: node },
  { operation: 'verify', given: node, deployed: node },
  { operation: 'verify', given: balanced, deployed: node, prepare: ofType('LoadBalancer', withAddress) },
  { operation: 'verify', given: inside, deployed: node, prepare: ofType('ClusterIP', withProxy) },
  { operation: 'verify', given: rest, deployed: rest },
  { operation: 'verify', given: local, deployed: local },
  { operation: 'scale', given: { ...node, 'scale-to': '4' }, deployed: node, prepare: underLeftLock },
  { operation: 'scale', given: { ...node, 'scale-to': '4' }, deployed: node, prepare: withAutoscaler },
  { operation: 'scale', given: { ...rest, 'scale-to': '4' }, deployed: rest },
  { operation: 'scale', given: { ...local, rest: 'true', 'scale-to': '4' }, deployed: { ...local, rest: 'true' } },
  {
    operation: 'scale',
    given: { ...rest, ...balanced, rest: 'true', 'scale-to': '4' },
    deployed: rest,
    prepare: ofType('LoadBalancer', withAddress),
  },
  { operation: 'autoscale', given: node, deployed: node, prepare: underLeftLock },
  experiment('baseline', {}, withBothLocksLeft),
  experiment('baseline', {}, withAutoscaler),
  experiment('drain'),
  experiment('drain', { 'when-blocked': 'bypass' }),
  experiment('drain', { 'drain-scope': 'all' }),
  experiment('rolling'),
  experiment('pod-kill'),
  experiment('pod-kill', { 'probe-image': `curl@sha256:${'0'.repeat(64)}` }, withProbe),
  { operation: 'recover', given: node, deployed: node, prepare: withBothLocksLeft },
  { operation: 'recover', given: node, deployed: node, prepare: leftExperiment },
  { operation: 'recover', given: node, deployed: node, prepare: leftFrozen },
  { operation: 'collect', given: node, deployed: node, prepare: withMuchToCollect },
  { operation: 'teardown', given: node, deployed: node, prepare: underLeftLock },
  { operation: 'teardown', given: node, deployed: node, prepare: refusingDeletion },
  { operation: 'teardown', given: { ...node, 'wait-for-deletion': 'true' }, deployed: node },
  { operation: 'teardown', given: { ...node, 'wait-for-deletion': 'true' }, deployed: node, prepare: keptNamespace },
  { operation: 'teardown', given: { ...node, 'wait-for-deletion': 'true' }, deployed: node, prepare: besideAnother },
];
