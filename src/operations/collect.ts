import { join } from 'node:path';
import { readActivity } from '../azure/activity.js';
import { azureStep } from '../azure/call.js';
import type { AzureClient } from '../azure/client.js';
import { readCluster } from '../azure/cluster-requests.js';
import { findCluster } from '../azure/cluster-wait.js';
import { listActivity } from '../azure/group-requests.js';
import type { AzureTarget } from '../azure/spec.js';
import type { StepRequest, Target } from '../inputs/request.js';
import { collectBundle } from '../kubernetes/diagnostics-bundle.js';
import type { Deployment } from '../migratorydata/spec.js';
import { connectCluster } from '../step-context/connection.js';
import type { Context } from '../step-context/context.js';
import { warnOfDifferences } from '../step-context/live-deployment.js';
import { openProvider } from '../step-context/provider.js';
import { defineOperation, type Phase } from './operation.js';
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
    const files = [
      ...(await connectCluster(context, provider, async ({ api }) => {
        await warnOfDifferences(context, api, deployment);
        return collectBundle(api, deployment.namespace, redact);
      })),
      ...(provider.kind === 'aks' ? await activityOf(provider.azure, provider.target) : []),
    ];
    for (const { fileName, text } of files) await ports.files.writeText(join(folder, fileName), redact(text));
    note(`${files.length} files are in ${folder}.`);
  });
}

async function activityOf(
  azure: AzureClient,
  target: AzureTarget,
): Promise<readonly { readonly fileName: string; readonly text: string }[]> {
  const cluster = await findCluster(azure, target);
  if (cluster === undefined) return [];
  const events = await readActivity(azure, cluster.subscriptionId, cluster.id);
  const lines = events.map(({ time, operation, status, message }) => `${time} ${operation} ${status} ${message}`);
  return [{ fileName: 'activity-log.txt', text: `${lines.join('\n')}\n` }];
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
  readRequest: ({ general, target, deployment }) => ({ operation: 'collect', general, target, deployment }),
  phases: ({ target }) => [connectPhase(target), activityPhase(target)],
  run: collect,
});
