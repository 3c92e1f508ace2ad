import { writeYaml } from '../../runtime/yaml.js';
import type { SecretNames } from '../secret-plan.js';
import type { Autoscaling, Deployment } from '../spec.js';
import { renderClientService } from './client-service.js';
import { renderDisruptionBudget } from './disruption-budget.js';
import { renderHeadlessService } from './headless-service.js';
import { renderAutoscaler } from './horizontal-pod-autoscaler.js';
import { renderNamespace } from './namespace.js';
import { explainSecrets } from './secret-comment.js';
import type { ManifestFile } from './shapes.js';
import { renderStatefulSet } from './stateful-set.js';

export interface RenderChoices {
  readonly deployment: Deployment;
  /** The replicas of the StatefulSet; see `StatefulSetChoices`. */
  readonly replicas: number;
  /** CIDRs that may connect; the word `runner` must have been replaced. Empty for everyone. */
  readonly sourceRanges: readonly string[];
  readonly secretNames: SecretNames;
  /** Defaults to 0; see `StatefulSetChoices`. */
  readonly partition?: number;
  /** If set, the autoscaler is rendered, too. */
  readonly autoscaling?: Autoscaling;
  readonly stabilizationSeconds?: number;
}

/**
 * Renders all objects of a deployment except its Secrets, in the order in which they must be created. The file names
 * sort in the same order, because `kubectl apply -f FOLDER` processes files by name.
 */
export function renderManifests(choices: RenderChoices): readonly ManifestFile[] {
  const { deployment, replicas, sourceRanges, secretNames, partition = 0, autoscaling } = choices;
  const { namespace, exposure } = deployment;
  return [
    {
      fileName: '1-namespace.yaml',
      comment: ['All objects of the deployment are in one namespace.'],
      object: renderNamespace(namespace),
    },
    {
      fileName: '2-client-service.yaml',
      comment: ['Distributes client connections across the members.'],
      object: renderClientService(deployment, exposure, sourceRanges),
    },
    {
      fileName: '3-headless-service.yaml',
      comment: ['Provides the host names at which the members reach each other.'],
      object: renderHeadlessService(deployment),
    },
    {
      fileName: '4-disruption-budget.yaml',
      comment: ['Limits how many members a node drain may evict.'],
      object: renderDisruptionBudget(deployment),
    },
    {
      fileName: '5-stateful-set.yaml',
      comment: ['The members.', ...explainSecrets(deployment, secretNames)],
      object: renderStatefulSet(deployment, { replicas, secretNames, partition }),
    },
    ...(autoscaling === undefined
      ? []
      : [
          {
            fileName: '6-autoscaler.yaml',
            comment: ['Scales the number of members by their CPU usage.'],
            object: renderAutoscaler(deployment, autoscaling, choices.stabilizationSeconds),
          },
        ]),
  ];
}

/** Returns a manifest as YAML, preceded by its comment. */
export function toYaml({ comment, object }: Pick<ManifestFile, 'comment' | 'object'>): string {
  const lines = comment.map(line => `# ${line}\n`).join('');
  return lines + writeYaml(object);
}
