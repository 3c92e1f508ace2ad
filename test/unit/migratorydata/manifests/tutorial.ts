/**
 * The manifests of the vendor's AKS tutorial, field by field: the reference for the rendered manifests.
 * https://migratorydata.com/docs/server/deployment/azure/aks/
 */

const app = { app: 'migratorydata' };
const clusterPorts = [8801, 8802, 8803, 8804];
const probe = { tcpSocket: { port: 8800 }, initialDelaySeconds: 10, periodSeconds: 5 };

/** What the start script of the tutorial adds to the options in the pod `migratorydata-0`. */
const members = [0, 1, 2, 3, 4].map(n => `migratorydata-${n}.migratorydata-hs.migratory.svc.cluster.local:8801`);

/** The resulting options of the server of `migratorydata-0`. */
export const tutorialOptions: Readonly<Record<string, string>> = {
  Memory: '128MB',
  ClusterDeliveryMode: 'Guaranteed',
  LogLevel: 'INFO',
  'X.ConnectionOffload': 'true',
  ClusterSeedMemberCount: '3',
  ClusterMemberListen: members[0] ?? '',
  ClusterMembers: members.join(','),
};

const tutorialContainer = {
  name: 'migratorydata',
  imagePullPolicy: 'Always',
  image: 'migratorydata/server:latest',
  env: [
    {
      name: 'MIGRATORYDATA_EXTRA_OPTS',
      value:
        '-DMemory=128MB -DClusterDeliveryMode=Guaranteed -DLogLevel=INFO -DX.ConnectionOffload=true -DClusterSeedMemberCount=3',
    },
    {
      name: 'MIGRATORYDATA_JAVA_EXTRA_OPTS',
      value: '-XX:+UnlockExperimentalVMOptions -XX:+UseCGroupMemoryLimitForHeap',
    },
  ],
  command: ['bash', '-c', 'a script that traces itself, computes the member list and calls ./start-migratorydata.sh'],
  resources: { requests: { memory: '256Mi', cpu: '0.5' } },
  ports: [
    { name: 'client-port', containerPort: 8800 },
    ...clusterPorts.map((containerPort, index) => ({ name: `inter-cluster${index + 1}`, containerPort })),
  ],
  readinessProbe: probe,
  livenessProbe: probe,
};

const tutorialPod = {
  metadata: { labels: app },
  spec: {
    affinity: {
      podAntiAffinity: {
        preferredDuringSchedulingIgnoredDuringExecution: [
          {
            weight: 1,
            podAffinityTerm: {
              labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['migratorydata'] }] },
              topologyKey: 'kubernetes.io/hostname',
            },
          },
        ],
      },
    },
  },
};

/** The objects by their names in docs/manifests.md. */
export const tutorialObjects: Readonly<Record<string, object>> = {
  Namespace: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'migratory' } },
  'Service migratorydata-cs': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'migratory', name: 'migratorydata-cs', labels: app },
    spec: {
      type: 'LoadBalancer',
      ports: [{ name: 'client-port', port: 80, protocol: 'TCP', targetPort: 8800 }],
      selector: app,
    },
  },
  'Service migratorydata-hs': {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { namespace: 'migratory', name: 'migratorydata-hs', labels: app },
    spec: {
      clusterIP: 'None',
      ports: clusterPorts.map((port, index) => ({
        name: `inter-cluster${index + 1}`,
        port,
        protocol: 'TCP',
        targetPort: port,
      })),
      selector: app,
    },
  },
  PodDisruptionBudget: {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: 'migratory', name: 'migratorydata-pdb' },
    spec: { minAvailable: 3, selector: { matchLabels: app } },
  },
  StatefulSet: {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { namespace: 'migratory', name: 'migratorydata', labels: app },
    spec: {
      selector: { matchLabels: app },
      serviceName: 'migratorydata-hs',
      replicas: 3,
      updateStrategy: { type: 'RollingUpdate' },
      podManagementPolicy: 'OrderedReady',
    },
  },
  Pod: tutorialPod,
  Container: tutorialContainer,
  HorizontalPodAutoscaler: {
    apiVersion: 'autoscaling/v1',
    kind: 'HorizontalPodAutoscaler',
    metadata: { namespace: 'migratory', name: 'migratorydata-autoscale' },
    spec: {
      maxReplicas: 5,
      minReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'migratorydata' },
      targetCPUUtilizationPercentage: 50,
    },
  },
};
