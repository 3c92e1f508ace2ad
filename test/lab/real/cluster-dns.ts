import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import type { LabApi } from '../api.js';
import { waitForObjects } from '../wait.js';
import { dnsImage } from './lab-images.js';

/** The address of the DNS server that kubelets give to pods. */
export const dnsAddress = '10.96.0.10';

const name = 'coredns';
const namespace = 'kube-system';
const labels = { 'k8s-app': 'kube-dns' };

const corefile = `.:53 {
    errors
    ready
    kubernetes cluster.local in-addr.arpa {
        ttl 5
    }
    cache 5
}
`;

const rules = [
  { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];

/** The DNS server of a cluster, as AKS runs it: two replicas of CoreDNS behind a Service. */
export async function deployDns(api: LabApi): Promise<void> {
  // A new API server gives addresses to Services a moment after its first responses; this one gets the first.
  await waitForObjects(api, '/api/v1/namespaces/default/services', services =>
    services.some(({ metadata }) => metadata.name === 'kubernetes'),
  );
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' };
  const objects: readonly (readonly [string, object])[] = [
    [`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } }],
    [`${rbac}/clusterroles`, { metadata: { name: roleRef.name }, rules }],
    [`${rbac}/clusterrolebindings`, { metadata: { name: roleRef.name }, roleRef, subjects }],
    [`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name }, data: { Corefile: corefile } }],
    [`/api/v1/namespaces/${namespace}/services`, service],
    [`/apis/apps/v1/namespaces/${namespace}/deployments`, deployment()],
  ];
  for (const [path, object] of objects) await api.request<KubernetesObject>('POST', path, object);
}

const service = {
  metadata: { name: 'kube-dns', labels },
  spec: {
    clusterIP: dnsAddress,
    selector: labels,
    ports: ['UDP', 'TCP'].map(protocol => ({ name: `dns-${protocol.toLowerCase()}`, port: 53, protocol })),
  },
};

function deployment(): object {
  const container = {
    ...{ name, image: dnsImage, imagePullPolicy: 'Never', args: ['-conf', '/etc/coredns/Corefile'] },
    volumeMounts: [{ name: 'config', mountPath: '/etc/coredns', readOnly: true }],
    readinessProbe: { httpGet: { path: '/ready', port: 8181 }, periodSeconds: 1 },
  };
  const pod = {
    ...{ serviceAccountName: name, dnsPolicy: 'Default', containers: [container] },
    volumes: [{ name: 'config', configMap: { name } }],
    topologySpreadConstraints: [
      {
        ...{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' },
        labelSelector: { matchLabels: labels },
      },
    ],
  };
  return {
    metadata: { name, labels },
    spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: pod } },
  };
}
