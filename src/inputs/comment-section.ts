import type { AzureTarget } from '../azure/spec.js';
import type { PullRequestComment } from '../github/pull-request-comment.js';
import type { DeploymentKey } from '../migratorydata/object-names.js';
import { defaultResourceGroup } from './name-parsers.js';
import { choice } from './parsers.js';
import type { InputReader } from './reader.js';
import type { KubeconfigTarget, Target } from './request.js';

/** The inputs that identify the deployment of a step. */
export interface ClusterInputs {
  readonly provider: Target['kind'];
  readonly azure: AzureTarget;
  readonly kubeconfig: KubeconfigTarget;
  readonly instance: string;
  readonly deployment: DeploymentKey;
}

/** Reads when to comment on the pull request, and the name of the deployment by which the comment is found again. */
export function readComment(inputs: InputReader, cluster: ClusterInputs): PullRequestComment {
  const when = inputs.value('pull-request-comment', choice(['never', 'on-failure', 'always']));
  return { when, cluster: describeDeployment(cluster) };
}

/**
 * The default group contains the run ID, so that each push to a pull request would count as another cluster: a fixed
 * word replaces it. A kubeconfig does not identify its cluster (each kind cluster on a runner has the same context), so
 * the instance distinguishes the jobs.
 */
function describeDeployment({ provider, azure, kubeconfig, instance, deployment }: ClusterInputs): string {
  const { namespace, name } = deployment;
  if (provider === 'kubeconfig') return [kubeconfig.context || 'current-context', instance, namespace, name].join('/');
  const group = azure.resourceGroupGiven ? azure.resourceGroup : defaultResourceGroup('RUN', instance);
  return [group, azure.clusterName, namespace, name].join('/');
}
