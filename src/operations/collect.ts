import { join } from 'node:path';
import type { Az } from '../azure/az.js';
import { readActivity } from '../azure/activity.js';
import { findCluster } from '../azure/cluster-wait.js';
import type { CollectRequest } from '../inputs/request.js';
import type { AzureTarget } from '../azure/spec.js';
import { collectBundle } from '../kubernetes/diagnostics-bundle.js';

import type { Context } from '../step-context/context.js';
import { connectCluster } from '../step-context/connection.js';

/** Writes a diagnostics bundle beside the reports: objects, nodes, events, logs and, on AKS, Azure's activity log. */
export async function collect(context: Context, az: Az | undefined, request: CollectRequest): Promise<void> {
  const { journal, ports, redact } = context;
  const { target, deployment, general } = request;
  await journal.phase('collect', `Collect diagnostics of namespace ${deployment.namespace}`, async note => {
    const folder = join(general.reportDirectory, 'diagnostics');
    const files = [
      ...(await connectCluster(context, { target, az }, ({ api }) => collectBundle(api, deployment.namespace, redact))),
      ...(target.kind === 'aks' && az !== undefined ? await activityOf(az, target) : []),
    ];
    for (const { fileName, text } of files) await ports.files.writeText(join(folder, fileName), redact(text));
    note(`${files.length} files are in ${folder}.`);
  });
}

async function activityOf(
  az: Az,
  target: AzureTarget,
): Promise<readonly { readonly fileName: string; readonly text: string }[]> {
  const cluster = await findCluster(az, target);
  if (cluster === undefined) return [];
  const events = await readActivity(az, cluster.subscriptionId, cluster.id);
  const lines = events.map(({ time, operation, status, message }) => `${time} ${operation} ${status} ${message}`);
  return [{ fileName: 'activity-log.txt', text: `${lines.join('\n')}\n` }];
}
