import { join } from 'node:path';
import { azureStep } from '../azure/arm/call.js';
import type { AzureClient } from '../azure/arm/client.js';
import { readActivity } from '../azure/cluster/activity.js';
import { readCluster } from '../azure/cluster/cluster-requests.js';
import { findCluster } from '../azure/cluster/cluster-wait.js';
import { listActivity } from '../azure/cluster/group-requests.js';
import { collectActions, connectActions } from '../azure/role-actions.js';
import type { AzureTarget } from '../azure/spec.js';
import { hasCode } from '../errors/action-error.js';
import type { StepRequest, Target } from '../inputs/request.js';
import type { Secret } from '../kubernetes/api/types.js';
import { type BundleFile, collectAccess, collectBundle, unreadFile } from '../kubernetes/diagnostics-bundle.js';
import { generatedValues } from '../migratorydata/secret-plan.js';
import type { Deployment } from '../migratorydata/spec.js';
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { warnOfDifferences } from '../step-context/live-deployment.js';
import { openProvider } from '../step-context/provider.js';
import { defineOperation, type Phase } from './operation.js';
import { differencesAccess } from './shared-permissions.js';
import { connectPhase } from './shared-phases.js';

export interface CollectRequest extends StepRequest<'collect'> {
  readonly target: Target;
  readonly deployment: Deployment;
}

/**
 * Writes a diagnostics bundle next to the reports: objects, nodes, events, logs and, on AKS, the Azure activity log.
 */
async function collect(context: Context, request: CollectRequest): Promise<void> {
  const { journal, ports, redact } = context;
  const { target, deployment, general } = request;
  const provider = openProvider(context, target);
  await journal.phase('collect', `Collect diagnostics of namespace ${deployment.namespace}`, async note => {
    const folder = join(general.reportDirectory, 'diagnostics');
    const files: readonly BundleFile[] = [
      ...(await connectCluster(context, provider, async ({ api }) => {
        await warnOfDifferences(context, api, deployment);
        // The members may have logged what was generated, which no input has.
        const onSecret = (secret: Secret): void => {
          for (const value of generatedValues(secret)) context.hide(value);
        };
        return collectBundle(api, deployment.namespace, { redact, onSecret });
      })),
      ...(provider.kind === 'aks' ? await activityOf(provider.azure, provider.target) : []),
    ];
    for (const { fileName, text } of files) await ports.files.writeText(join(folder, fileName), redact(text));
    note(`${files.length} files are in ${folder}.`);
    const unread = files.filter(file => file.unread).map(({ fileName }) => fileName);
    if (unread.length > 0) note(`Not collected: ${unread.join(', ')}. Each of these files has the reason.`);
  });
}

async function activityOf(azure: AzureClient, target: AzureTarget): Promise<readonly BundleFile[]> {
  const cluster = await findCluster(azure, target);
  if (cluster === undefined) return [];
  const fileName = 'activity-log.txt';
  try {
    const events = await readActivity(azure, cluster.subscriptionId, cluster.id);
    const lines = events.map(({ time, operation, status, message }) => `${time} ${operation} ${status} ${message}`);
    return [{ fileName, text: `${lines.join('\n')}\n` }];
  } catch (error) {
    if (!hasCode(error, 'azure-forbidden')) throw error;
    return [unreadFile(fileName, error)];
  }
}

/** The log is read by the resource ID of the cluster, which only Azure knows. */
function activityPhase(target: Target): Phase {
  return {
    name: 'activity log',
    commands: ({ context }) =>
      target.kind === 'aks'
        ? [readCluster(target), listActivity(target.subscriptionId, '/CLUSTER-ID', context.ports.clock.date())].map(
            azureStep,
          )
        : [],
  };
}

export const collectOperation = defineOperation<CollectRequest>({
  name: 'collect',
  permissions: { access: [...collectAccess, ...differencesAccess], actions: [...connectActions, ...collectActions] },
  readRequest: ({ general, target, deployment }) => ({ operation: 'collect', general, target, deployment }),
  phases: ({ target }) => [connectPhase(target), activityPhase(target)],
  run: collect,
});
