import type { Kinds } from '../kubernetes/api/kinds.js';
import type { KubernetesObject, StatefulSet } from '../kubernetes/api/types.js';
import { exposureOf } from './manifests/client-service.js';
import { serverContainer } from './manifests/container.js';
import { deploymentNames } from './object-names.js';
import type { Deployment } from './spec.js';

/** A quantity may be a number in a patch. */
type Requirements = Partial<Record<'requests' | 'limits', Readonly<Partial<Record<string, string | number>>>>>;

export function isStatefulSet(object: KubernetesObject): object is StatefulSet {
  return object.kind === 'StatefulSet';
}

/**
 * Returns an object of a deployment by its kind and name.
 * @throws Error when it is missing; `checkPatches` has found that it is not.
 */
export function objectOf<K extends keyof Kinds>(objects: readonly KubernetesObject[], kind: K, name: string): Kinds[K] {
  const found = objects.find(object => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`a deployment has ${kind} ${name}`);
  return found as Kinds[K];
}

/**
 * Returns the deployment with what patches may change, as the objects have it: the image, the requests of the server, and
 * how clients reach it. Outputs, warnings and waits use it.
 */
export function asPatched(deployment: Deployment, objects: readonly KubernetesObject[]): Deployment {
  const { statefulSet, clientService } = deploymentNames(deployment.name);
  const container = serverContainer(objectOf(objects, 'StatefulSet', statefulSet));
  const resources: Requirements = container?.resources ?? {};
  // Without a request, Kubernetes requests the limit.
  const requested = (name: string): string => String(resources.requests?.[name] ?? resources.limits?.[name] ?? 0);
  return {
    ...deployment,
    image: container?.image ?? deployment.image,
    cpuRequest: requested('cpu'),
    memoryRequest: requested('memory'),
    exposure: exposureOf(objectOf(objects, 'Service', clientService), deployment.exposure),
  };
}
