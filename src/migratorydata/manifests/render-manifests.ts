import { stringify } from 'yaml';
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
  /** The number of members that the StatefulSet asks for; see `StatefulSetChoices`. */
  readonly replicas: number;
  /** CIDRs that may connect, each an address range: the word `runner` must have been replaced. Empty: everyone. */
  readonly sourceRanges: readonly string[];
  readonly secretNames: SecretNames;
  /** Defaults to 0; see `StatefulSetChoices`. */
  readonly partition?: number;
  /** Given: the autoscaler is rendered as well. */
  readonly autoscaling?: Autoscaling;
  readonly stabilizationSeconds?: number;
}

/**
 * All objects of a deployment but its Secrets, in the order in which they must exist. The names of the files sort the
 * same way, since `kubectl apply -f FOLDER` takes files by name.
 */
export function renderManifests(choices: RenderChoices): readonly ManifestFile[] {
  const { deployment, replicas, sourceRanges, secretNames, partition = 0, autoscaling } = choices;
  const { namespace, exposure } = deployment;
  return [
    {
      fileName: '1-namespace.yaml',
      comment: ['Everything of this deployment is in one namespace.'],
      object: renderNamespace(namespace),
    },
    {
      fileName: '2-client-service.yaml',
      comment: ['Spreads the connections of clients over the members.'],
      object: renderClientService(namespace, exposure, sourceRanges),
    },
    {
      fileName: '3-headless-service.yaml',
      comment: ['Gives each member the host name that the others reach it by.'],
      object: renderHeadlessService(namespace),
    },
    {
      fileName: '4-disruption-budget.yaml',
      comment: ['What a drain of nodes must leave running.'],
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
            comment: ['Changes the number of members with their CPU usage.'],
            object: renderAutoscaler(deployment, autoscaling, choices.stabilizationSeconds),
          },
        ]),
  ];
}

/** One manifest as YAML, its comment first. No line is folded, so that the options stay one line. */
export function toYaml({ comment, object }: Pick<ManifestFile, 'comment' | 'object'>): string {
  const lines = comment.map(line => `# ${line}\n`).join('');
  return lines + stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}
