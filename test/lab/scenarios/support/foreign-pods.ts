import type { KubernetesObject } from '../../../../src/kubernetes/api/types.js';
import { deploymentLabels } from '../../../../src/migratorydata/object-names.js';
import type { LabApi } from '../../api.js';
import { faultImages } from '../../lab.js';
import { waitForObjects } from '../../wait.js';

const labels = deploymentLabels('migratorydata');

/** Returns the specification of a pod that runs no MigratoryData server. */
function podSpec(image: string, more: object = {}): object {
  return { containers: [{ name: 'web', image }], ...more };
}

/**
 * Adds foreign pods with the label of the members, none of which is Ready: one on a node, one that cannot be scheduled,
 * and one of a Deployment. Resolves when all three exist.
 */
export async function addForeignPods(api: LabApi, namespace: string, nodeName: string): Promise<void> {
  const add = (path: string, object: object): Promise<KubernetesObject> =>
    api.request('POST', `/${path.replace('*', `namespaces/${namespace}`)}`, object);
  const broken = faultImages.neverPulls;
  await Promise.all([
    add('api/v1/*/pods', { metadata: { name: 'on-a-node', labels }, spec: podSpec(broken, { nodeName }) }),
    add('api/v1/*/pods', {
      metadata: { name: 'without-a-place', labels },
      spec: podSpec('web:1', { nodeSelector: { 'kubernetes.io/hostname': 'nowhere' } }),
    }),
    add('apis/apps/v1/*/deployments', {
      metadata: { name: 'web' },
      spec: {
        selector: { matchLabels: { part: 'web' } },
        template: { metadata: { labels: { ...labels, part: 'web' } }, spec: podSpec(broken) },
      },
    }),
  ]);
  const isOfDeployment = ({ metadata }: KubernetesObject): boolean => metadata.labels?.['part'] === 'web';
  await waitForObjects(api, `/api/v1/namespaces/${namespace}/pods`, pods => pods.some(isOfDeployment));
}

/** Adds a foreign pod that is Ready, so that the client Service routes to it as well. */
export async function addReadyForeignPod(api: LabApi, namespace: string, name: string): Promise<void> {
  const pod = { metadata: { name, labels }, spec: podSpec('web:1') };
  await api.request('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
}
