import { isDeepStrictEqual } from 'node:util';
import { ActionError } from '../errors/action-error.js';
import type {
  HorizontalPodAutoscaler,
  KubernetesObject,
  PodDisruptionBudget,
  Service,
} from '../kubernetes/api/types.js';
import { asRecord } from '../runtime/json.js';
import { findClientPort } from './manifests/client-service.js';
import { explainBounds, type MemberBounds } from './member-bounds.js';
import { clientPortName, deploymentLabels, deploymentNames, tlsPort, tlsPortName } from './object-names.js';
import { findLostOptions } from './options-check.js';
import { isStatefulSet } from './patched-objects.js';
import type { Deployment } from './spec.js';

const selected = 'the Services, the disruption budget and the StatefulSet find the members by it';

/** The only label of the objects by which the action finds nothing. */
const plainLabel = 'app';

/** What the checks need to know of a deployment. */
type CheckedDeployment = MemberBounds & Pick<Deployment, 'name'>;

/** A field that must stay as rendered, as its path, and what to do instead or what needs it. */
type FixedField = readonly [path: readonly string[], why: string];

/** Returns the fixed fields, by object. */
function fixedFields(name: string): Readonly<Record<string, readonly FixedField[]>> {
  const names = deploymentNames(name);
  const labels = Object.keys(deploymentLabels(name));
  return {
    [`StatefulSet ${names.statefulSet}`]: [
      [['spec', 'replicas'], 'set the number of members with replicas, or with operation scale'],
      [['spec', 'updateStrategy'], 'the action itself replaces the members, one at a time'],
      [['spec', 'ordinals'], 'the member list begins with ordinal 0'],
      [['spec', 'selector'], selected],
      ...labels.map((label): FixedField => [['spec', 'template', 'metadata', 'labels', label], selected]),
    ],
    [`Service ${names.clientService}`]: [[['spec', 'selector'], selected]],
    [`Service ${names.headlessService}`]: [
      [['spec', 'selector'], selected],
      [['spec', 'clusterIP'], 'the members reach each other by the names of a headless Service'],
      [['spec', 'publishNotReadyAddresses'], 'the members need their names before they are Ready'],
    ],
    [`PodDisruptionBudget ${names.disruptionBudget}`]: [[['spec', 'selector'], selected]],
    [`HorizontalPodAutoscaler ${names.autoscaler}`]: [[['spec', 'scaleTargetRef'], 'it scales the members']],
  };
}

/**
 * Checks that patches have left what this project relies on. Everything else may be patched, and then counts: see
 * `asPatched`.
 * @param rendered the objects before the patches.
 * @param patched the objects after them.
 * @throws ActionError `patches-refused` with all problems; `options-lost` if only server options are lost.
 */
export function checkPatches(
  rendered: readonly KubernetesObject[],
  patched: readonly KubernetesObject[],
  deployment: CheckedDeployment,
): void {
  const pairs = rendered.map(before => [before, patched.find(after => nameOf(after) === nameOf(before))] as const);
  const problems = pairs.flatMap(([before, after]) => {
    const found = after === undefined ? ['it is removed, but required'] : findProblems(before, after, deployment);
    return found.map(problem => `${nameOf(before)}: ${problem}`);
  });
  const lost = pairs.flatMap(([before, after]) =>
    after !== undefined && isStatefulSet(before) && isStatefulSet(after) ? findLostOptions(before, after) : [],
  );
  if (problems.length + lost.length === 0) return;
  const options =
    lost.length === 0
      ? []
      : [
          `StatefulSet ${deploymentNames(deployment.name).statefulSet} would start servers that cannot find each other: ${lost.join('; ')}`,
        ];
  const list = [...problems, ...options].join('. ');
  throw new ActionError(problems.length > 0 ? 'patches-refused' : 'options-lost', `With the patches: ${list}.`);
}

function findProblems(
  before: KubernetesObject,
  after: KubernetesObject,
  deployment: CheckedDeployment,
): readonly string[] {
  return [
    ...Object.entries(before.metadata.labels ?? {})
      .filter(([key, value]) => key !== plainLabel && after.metadata.labels?.[key] !== value)
      .map(([key]) => `its label ${key} is changed, by which the action finds its objects`),
    ...(fixedFields(deployment.name)[nameOf(before)] ?? []).flatMap(([path, why]) => {
      const [wanted, found] = [valueAt(before, path), valueAt(after, path)];
      return isDeepStrictEqual(wanted, found)
        ? []
        : [`${path.join('.')} is ${show(found)} instead of ${show(wanted)} (${why})`];
    }),
    ...findOwnProblems(before, after, deployment),
  ];
}

/** Returns the problems that a comparison does not show. */
function findOwnProblems(
  before: KubernetesObject,
  object: KubernetesObject,
  deployment: CheckedDeployment,
): readonly string[] {
  const names = deploymentNames(deployment.name);
  switch (nameOf(object)) {
    case `Service ${names.clientService}`:
      return findServiceProblems(before as Service, object as Service);
    case `PodDisruptionBudget ${names.disruptionBudget}`:
      return findBudgetProblems(object as PodDisruptionBudget);
    case `HorizontalPodAutoscaler ${names.autoscaler}`: {
      const { minReplicas = 1, maxReplicas } = (object as HorizontalPodAutoscaler).spec;
      return [minReplicas, maxReplicas].flatMap(count => explainBounds(deployment, count)?.replace(/\.$/, '') ?? []);
    }
    default:
      return [];
  }
}

function findServiceProblems(before: Service, after: Service): readonly string[] {
  const { type = 'ClusterIP' } = after.spec;
  const target = findClientPort(after)?.targetPort;
  const wanted = findClientPort(before)?.targetPort;
  return [
    ...(['LoadBalancer', 'NodePort', 'ClusterIP'].includes(type) ? [] : [`type ${type} does not lead to the members`]),
    ...(target === wanted || target === (wanted === tlsPort ? tlsPortName : clientPortName)
      ? []
      : [`its port ${clientPortName} must have the targetPort ${String(wanted)}`]),
  ];
}

function findBudgetProblems({ spec }: PodDisruptionBudget): readonly string[] {
  const both = spec.minAvailable !== undefined && spec.maxUnavailable !== undefined;
  return both ? ['it has both minAvailable and maxUnavailable; set the other one to null'] : [];
}

function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

function valueAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => asRecord(value)[key], object);
}

function show(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}
