import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InsideProbe } from '../../../../src/chaos/measurement/inside-probe.js';
import { renderProbePod, startInsideProbe } from '../../../../src/chaos/measurement/probe-pod.js';
import type { ActionError } from '../../../../src/errors/action-error.js';
import type { KubernetesApi } from '../../../../src/kubernetes/api/api.js';
import type { Service, StatefulSet } from '../../../../src/kubernetes/api/types.js';
import { deploymentLabels } from '../../../../src/migratorydata/object-names.js';
import { keystorePassword, variableOf } from '../../../../src/migratorydata/server-options.js';
import { JumpingClock } from '../../jumping-clock.js';
import { FakeCluster } from '../../kubernetes/fake-cluster.js';
import { pods, setOf } from '../../kubernetes/samples.js';

const image = `curl@sha256:${'0'.repeat(64)}`;
const service: Service = {
  ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'cs', namespace: 'ns' } },
  spec: { clusterIP: '10.0.0.9', ports: [{ name: 'client-port', port: 80 }] },
};
/** The members, with more in their template. */
function membersWith(template: object): StatefulSet {
  const set = setOf(3);
  return { ...set, spec: { ...set.spec, template: { spec: { ...set.spec.template.spec, ...template } } } };
}
const settings = { namespace: 'ns', image, statefulSet: setOf(3), targets: ['a', 'b'], lastsMs: 90_500 };
const rendered = (more: Partial<Parameters<typeof renderProbePod>[0]> = {}): Record<string, unknown> =>
  renderProbePod({ ...settings, service, ...more }).spec as Record<string, unknown>;
const urlIn = (spec: Record<string, unknown>): unknown =>
  (spec['containers'] as readonly { env: readonly { value: string }[] }[])[0]?.env[0]?.value;

describe('the manifest of the probe pod', () => {
  it('avoids each target, ends by itself, and has no rights', () => {
    expect(rendered()).toMatchObject({
      ...{ restartPolicy: 'Never', activeDeadlineSeconds: 91, automountServiceAccountToken: false },
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchFields: [
                  { key: 'metadata.name', operator: 'NotIn', values: ['a'] },
                  { key: 'metadata.name', operator: 'NotIn', values: ['b'] },
                ],
              },
            ],
          },
        },
      },
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ image, securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    });
    expect(rendered({ targets: [] })).not.toHaveProperty('affinity');
  });

  it('has no label by which members are selected', () => {
    const { labels = {}, ownerReferences } = renderProbePod({ ...settings, service }).metadata;
    const selectors = Object.entries(deploymentLabels('migratorydata'));
    expect(selectors.filter(([key, value]) => labels[key] === value)).toEqual([]);
    expect(ownerReferences).toBeUndefined();
  });

  it('is pulled and scheduled as the members are', () => {
    const template = { imagePullSecrets: [{ name: 'registry' }], tolerations: [{ key: 'team', operator: 'Exists' }] };
    expect(rendered({ statefulSet: membersWith(template) })).toMatchObject(template);
  });

  it.each<[string, string, object]>([
    ['http://10.0.0.9:80/', '10.0.0.9', {}],
    ['http://[fd00::9]:80/', 'fd00::9', {}],
    [
      'https://10.0.0.9:80/',
      '10.0.0.9',
      {
        containers: [
          {
            name: 'migratorydata',
            env: [
              { name: 'MIGRATORYDATA_EXTRA_OPTS', value: '-DListenEncrypted=*:8443' },
              {
                name: variableOf(keystorePassword),
                valueFrom: { secretKeyRef: { name: 'tls', key: 'password' } },
              },
            ],
          },
        ],
      },
    ],
  ])('connects to %s', (url, clusterIP, template) => {
    const found = { ...service, spec: { ...service.spec, clusterIP } };
    expect(urlIn(rendered({ service: found, statefulSet: membersWith(template) }))).toBe(url);
  });

  it.each(['None', '', '10.0.0.9/; reboot'])('takes no other address: %j', clusterIP => {
    const found = { ...service, spec: { ...service.spec, clusterIP } };
    expect(() => rendered({ service: found })).toThrow('Service cs has no cluster address');
  });
});

describe('the start of the probe pod', () => {
  let cluster: FakeCluster;
  let clock: JumpingClock;
  let api: KubernetesApi;
  /** What the pod prints. */
  let log: string;

  beforeEach(async () => {
    cluster = await FakeCluster.start();
    clock = new JumpingClock(() => cluster.received.length);
    api = cluster.api(undefined, clock);
    cluster.put('/api/v1/namespaces/ns/services', service);
    log = '1 10.00 10.01 ok\n';
    cluster.scripts.push(({ path, query }, response) => {
      if (!path.endsWith('/log')) return false;
      response.writeHead(200).write(log);
      if (!query.has('follow')) response.end();
      return true;
    });
  });

  afterEach(async () => {
    clock.stop();
    await cluster[Symbol.asyncDispose]();
  });

  /** The kubelet gives the pod this status when it is created. */
  function becomes(status: object, nodeName = 'c'): void {
    cluster.react = ({ method, path, body }) => {
      if (method !== 'POST' || path !== pods) return;
      cluster.put(pods, { ...(body as { metadata: { name: string } }), spec: { nodeName }, status });
    };
  }
  const withState = (state: object): object => ({
    containerStatuses: [{ name: 'probe', ready: true, restartCount: 0, image, state }],
  });
  const start = (): Promise<InsideProbe> => {
    const limits = { remainingMs: () => 60_000, autoscaled: false, redact: (text: string) => text };
    return startInsideProbe(api, api, { ...settings, serviceName: 'cs' }, limits);
  };

  it('waits for the first answer', async () => {
    becomes(withState({ running: {} }));
    const probe = await start();
    expect(probe.node).toBe('c');
    await probe.stop();
  });

  const unschedulable = {
    conditions: [
      {
        ...{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' },
        message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
      },
    ],
  };

  it.each<[string, RegExp, object, (string | undefined)?, string?]>([
    [
      'its image cannot be pulled',
      /The image curl@sha256:0+ of container probe .* cannot be pulled \(ErrImagePull\): denied\./,
      withState({ waiting: { reason: 'ErrImagePull', message: 'denied' } }),
    ],
    ['no node but the targets takes it', /cannot be scheduled on any node: 0\/3 nodes are available/, unschedulable],
    [
      'the image has neither curl nor wget',
      /It ended with exit code 1 \(Error\)\./,
      { phase: 'Failed', ...withState({ terminated: { exitCode: 1, reason: 'Error' } }) },
    ],
    [
      'it is evicted',
      /It ended \(Evicted: too little memory\)\./,
      { phase: 'Failed', reason: 'Evicted', message: 'too little memory' },
    ],
    [
      'it does not start',
      /After 120 s migratorydata-probe is ContainerCreating\./,
      withState({ waiting: { reason: 'ContainerCreating' } }),
    ],
    [
      'no attempt succeeds',
      /It has got no answer from Service cs within 15 s\./,
      withState({ running: {} }),
      '1 10.00 10.01 failed\n',
    ],
    [
      'something has put it on a target',
      /It runs on node b, which is a target\./,
      withState({ running: {} }),
      undefined,
      'b',
    ],
  ])('fails when %s, and says that no fault was injected', async (_, message, status, printed = log, node) => {
    log = printed;
    becomes(status, node);
    const error = (await start().catch((reason: unknown) => reason)) as ActionError;
    expect(error.code).toBe('probe-pod-failed');
    expect(error.message).toMatch(/^The probe pod migratorydata-probe cannot be used\. .* No fault was injected\.$/);
    expect(error.message).toMatch(message);
    expect(error.hint).toContain('leave `probe-image` empty');
  });
});
