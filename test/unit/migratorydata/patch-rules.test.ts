import { describe, expect, it } from '@jest/globals';
import { hasCode } from '../../../src/errors/action-error.js';
import type { KubernetesObject } from '../../../src/kubernetes/api/types.js';
import { deploymentNames } from '../../../src/migratorydata/object-names.js';
import { checkPatches } from '../../../src/migratorydata/patch-rules.js';
import { asPatched } from '../../../src/migratorydata/patched-objects.js';
import { defaults, objectsOf, patchedWith } from './samples.js';

const names = deploymentNames(defaults.name);
const rendered = objectsOf();

function refusalOf(patched: readonly KubernetesObject[]): string {
  try {
    checkPatches(rendered, patched, defaults);
    return '';
  } catch (error) {
    if (!hasCode(error, 'patches-refused', 'options-lost')) throw error;
    return `${error.code}: ${error.message}`;
  }
}

type Patch = Readonly<Record<string, unknown>>;
const managedBy = { 'app.kubernetes.io/managed-by': 'helm' };

describe('patches are refused that', () => {
  it.each<[string, string, Patch, string]>([
    ['set the number of members', names.statefulSet, { spec: { replicas: 2 } }, 'spec.replicas is 2 instead of 3'],
    [
      'let Kubernetes update the members only when they are deleted',
      names.statefulSet,
      { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: null } } },
      'spec.updateStrategy is {"type":"OnDelete"} instead of',
    ],
    [
      'hold members back',
      names.statefulSet,
      { spec: { updateStrategy: { rollingUpdate: { partition: 2 } } } },
      'spec.updateStrategy is',
    ],
    ['change the ordinals', names.statefulSet, { spec: { ordinals: { start: 1 } } }, 'spec.ordinals is {"start":1}'],
    [
      'change the selector',
      names.statefulSet,
      { spec: { selector: { matchLabels: { tier: 'web' } } } },
      'spec.selector is',
    ],
    [
      'change the label of the members',
      names.statefulSet,
      { spec: { template: { metadata: { labels: { app: 'web' } } } } },
      'spec.template.metadata.labels.app is "web" instead of "migratorydata"',
    ],
    [
      'change the labels by which Kubernetes finds the members',
      names.statefulSet,
      { spec: { template: { metadata: { labels: { 'app.kubernetes.io/instance': 'web' } } } } },
      'spec.template.metadata.labels.app.kubernetes.io/instance is "web" instead of "migratorydata"',
    ],
    ['select other pods', names.clientService, { spec: { selector: { app: 'web' } } }, 'spec.selector is'],
    ['lead nowhere', names.clientService, { spec: { type: 'ExternalName' } }, 'type ExternalName does not lead'],
    [
      'remove the port for clients',
      names.clientService,
      { spec: { ports: [{ name: 'https', port: 443, targetPort: 8800 }] } },
      'its port client-port must have the targetPort 8800',
    ],
    ['give the members no names', names.headlessService, { spec: { clusterIP: null } }, 'spec.clusterIP is absent'],
    [
      'hide members that are not Ready',
      names.headlessService,
      { spec: { publishNotReadyAddresses: false } },
      'spec.publishNotReadyAddresses is false instead of true',
    ],
    [
      'protect other pods',
      names.disruptionBudget,
      { spec: { selector: { matchLabels: null } } },
      'spec.selector is {}',
    ],
    ['set both bounds of the budget', names.disruptionBudget, { spec: { maxUnavailable: 1 } }, 'both minAvailable and'],
    ['scale past the member list', names.autoscaler, { spec: { maxReplicas: 7 } }, '7 members are more than 5'],
    ['scale below the seeds', names.autoscaler, { spec: { minReplicas: 1 } }, '1 members are fewer than 3'],
    ['scale something else', names.autoscaler, { spec: { scaleTargetRef: { name: 'web' } } }, 'spec.scaleTargetRef is'],
    [
      'hide an object from teardown',
      names.headlessService,
      { metadata: { labels: { 'app.kubernetes.io/instance': 'push' } } },
      'its label app.kubernetes.io/instance is changed, by which the action finds its objects',
    ],
    ...['migratory', names.statefulSet, names.clientService, names.disruptionBudget].map(
      (name): [string, string, Patch, string] => [
        `take ${name} away from the action`,
        name,
        { metadata: { labels: managedBy } },
        'its label app.kubernetes.io/managed-by is changed',
      ],
    ),
  ])('%s', (_, name, patch, text) => {
    const refusal = refusalOf(patchedWith(rendered, name, patch));
    expect(refusal).toMatch(new RegExp(`^patches-refused: With the patches: \\w+ ${name}: `));
    expect(refusal).toContain(text);
  });

  it('remove an object, or the options of the server, with all problems at once', () => {
    const without = rendered.filter(({ kind }) => kind !== 'PodDisruptionBudget');
    const spec = { replicas: 9, serviceName: 'other' };
    const refusal = refusalOf(patchedWith(without, names.statefulSet, { spec }));
    for (const text of ['is removed, but required', 'spec.replicas is 9', 'find each other: serviceName is changed']) {
      expect(refusal).toContain(text);
    }
    const lost = refusalOf(patchedWith(rendered, names.statefulSet, { spec: { serviceName: 'other' } }));
    expect(lost).toMatch(/^options-lost: .* serviceName is changed\.$/);
  });
});

describe('patches may', () => {
  it.each<[string, string, Patch]>([
    ['nothing', '', {}],
    ['the type and the port of the client Service', names.clientService, { spec: { type: 'ClusterIP' } }],
    [
      'more ports',
      names.clientService,
      {
        spec: {
          ports: [
            { name: 'https', port: 443, targetPort: 8443 },
            { name: 'client-port', port: 8080, targetPort: 'client-port' },
          ],
        },
      },
    ],
    ['the budget', names.disruptionBudget, { spec: { minAvailable: null, maxUnavailable: '50%' } }],
    ['the autoscaler', names.autoscaler, { spec: { minReplicas: 4, maxReplicas: 5, metrics: [] } }],
    ['the label of the tutorial', names.headlessService, { metadata: { labels: { app: 'push' } } }],
    ['labels and annotations', 'migratory', { metadata: { labels: { team: 'shop' }, annotations: { a: 'b' } } }],
    [
      'more of the members',
      names.statefulSet,
      { spec: { minReadySeconds: 1, template: { spec: { hostNetwork: true } } } },
    ],
  ])('change %s', (_, name, patch) => {
    expect(refusalOf(patchedWith(rendered, name, patch))).toBe('');
  });

  it('change the image, the requests and the exposure, which then count', () => {
    expect(asPatched(defaults, rendered)).toEqual(defaults);
    const container = {
      name: 'migratorydata',
      image: 'registry.example/server:7',
      resources: { requests: { cpu: 1 } },
    };
    const members = { spec: { template: { spec: { containers: [container] } } } };
    const service = {
      metadata: { annotations: { 'service.beta.kubernetes.io/azure-load-balancer-internal': 'true' } },
      spec: {
        loadBalancerSourceRanges: ['10.0.0.0/8'],
        ports: [{ name: 'client-port', port: 8080, targetPort: 8800 }],
      },
    };
    const patched = patchedWith(patchedWith(rendered, names.statefulSet, members), names.clientService, service);
    expect(asPatched(defaults, patched)).toMatchObject({
      image: 'registry.example/server:7',
      cpuRequest: '1',
      memoryRequest: '0',
      exposure: { serviceType: 'internal', clientPort: 8080, sourceRanges: ['10.0.0.0/8'] },
    });
    const inside = patchedWith(rendered, names.clientService, { spec: { type: 'ClusterIP' } });
    expect(asPatched(defaults, inside).exposure.serviceType).toBe('cluster-ip');
  });
});
