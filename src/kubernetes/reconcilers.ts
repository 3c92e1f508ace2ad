import { target } from './api/kubectl-equivalents.js';
import type { KubernetesObject } from './api/types.js';

/** A controller that applies an object from a definition of its own, and so may undo the changes of others. */
export interface Reconciler {
  /** Such as `ScaledObject web of KEDA`. */
  readonly name: string;
  /** True when it always undoes such changes; otherwise its settings decide, which the object does not show. */
  readonly always: boolean;
  /** How it leaves the object alone, as its documentation says. */
  readonly pause: string;
}

/** Returns the controller whose marks an object has; undefined for none, or when the marks say that it is paused. */
export function reconcilerOf({ kind, metadata }: KubernetesObject): Reconciler | undefined {
  const { namespace = '', name, labels = {}, annotations = {}, ownerReferences = [] } = metadata;
  const owner = ownerReferences.find(reference => reference.kind === 'ScaledObject');
  const scaledObject = owner?.name ?? labels['scaledobject.keda.sh/name'];
  // First, because KEDA copies the labels of the ScaledObject, and so the marks of who applies that.
  if (scaledObject !== undefined) return keda(namespace, shown(scaledObject));

  const kustomization = labels['kustomize.toolkit.fluxcd.io/name'];
  if (kustomization !== undefined && !isIgnoredByFlux(annotations)) {
    const command = `kubectl annotate -n ${namespace} ${target(kind, { name })} ${fluxReconcile}=disabled`;
    const pause = `run \`${command}\` before, and remove the annotation afterwards`;
    return { name: `Kustomization ${shown(kustomization)} of Flux`, always: true, pause };
  }
  const release = labels['helm.toolkit.fluxcd.io/name'];
  if (release !== undefined) {
    const command = `flux suspend helmrelease ${shown(release)} -n ${shown(labels['helm.toolkit.fluxcd.io/namespace'] ?? '')}`;
    const pause = `if drift correction is on, run \`${command}\` before, and \`flux resume\` afterwards`;
    return { name: `HelmRelease ${shown(release)} of Flux`, always: false, pause };
  }
  const tracking = annotations['argocd.argoproj.io/tracking-id'];
  if (tracking !== undefined) {
    const application = shown(tracking.split(':')[0] ?? '');
    const pause = `if self-heal is on, run \`argocd app set ${application} --self-heal=false\` before, and turn it on afterwards`;
    return { name: `application ${application} of Argo CD`, always: false, pause };
  }
  return undefined;
}

/** While a ScaledObject is paused, its autoscaler does not exist ("Pause autoscaling" in the KEDA documentation). */
function keda(namespace: string, scaledObject: string): Reconciler {
  const command = `kubectl annotate -n ${namespace} scaledobject/${scaledObject} autoscaling.keda.sh/paused=true`;
  const pause = `run \`${command}\` before, and remove the annotation afterwards`;
  return { name: `ScaledObject ${scaledObject} of KEDA`, always: true, pause };
}

const fluxReconcile = 'kustomize.toolkit.fluxcd.io/reconcile';

/** See "Controlling the apply behavior of resources" in the Flux documentation of Kustomizations. */
function isIgnoredByFlux(annotations: Readonly<Record<string, string>>): boolean {
  const isOne = (key: string, ...values: readonly string[]): boolean =>
    values.includes(annotations[key]?.toLowerCase() ?? '');
  return isOne(fluxReconcile, 'disabled') || isOne('kustomize.toolkit.fluxcd.io/ssa', 'ifnotpresent', 'ignore');
}

/** Returns a name as it may be part of a command to copy; annotations and owner references can have any text. */
function shown(name: string): string {
  return /^[\w.-]{1,253}$/.test(name) ? name : 'NAME';
}
