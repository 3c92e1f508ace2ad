import type { AzureTarget } from '../azure/spec.js';
import type { PullRequestComment } from '../github/pull-request-comment.js';
import { defaultResourceGroup } from './name-parsers.js';
import { choice } from './parsers.js';
import type { InputReader } from './reader.js';
import type { KubeconfigTarget, Target } from './request.js';

/** Inputs that tell which cluster a step is about. */
export interface ClusterInputs {
  readonly provider: Target['kind'];
  readonly azure: AzureTarget;
  readonly kubeconfig: KubeconfigTarget;
  readonly instance: string;
  readonly namespace: string;
}

/** Reads when a comment is left on the pull request, and by which words it is found again. */
export function readComment(inputs: InputReader, cluster: ClusterInputs): PullRequestComment {
  const when = inputs.value('pull-request-comment', choice(['never', 'on-failure', 'always']));
  return { when, cluster: nameCluster(cluster) };
}

/**
 * The default group bears the number of the run, which would make each push to a pull request another cluster: a word
 * stands in its place. A kubeconfig says little about the cluster behind it (each kind on a runner has the same
 * context), so the instance tells the jobs apart.
 */
function nameCluster({ provider, azure, kubeconfig, instance, namespace }: ClusterInputs): string {
  if (provider === 'kubeconfig') return [kubeconfig.context || 'current-context', instance, namespace].join('/');
  const group = azure.resourceGroupGiven ? azure.resourceGroup : defaultResourceGroup('RUN', instance);
  return [group, azure.clusterName, namespace].join('/');
}
