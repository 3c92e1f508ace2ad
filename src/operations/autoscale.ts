import type { Autoscaling, Deployment, Target, Verification } from '../inputs/request.js';
import { readPodCpu, waitForMetrics } from '../kubernetes/autoscaler.js';
import { checkScaleSteps } from '../migratorydata/bounds.js';
import { renderAutoscaler } from '../migratorydata/manifests/autoscaler.js';
import { memberSelector, membersOf } from '../migratorydata/names.js';
import type { Context } from './context.js';
import { asDeployed } from './deployed.js';
import { tellMembers } from './members.js';
import type { OpenCluster } from './open-cluster.js';

export interface AutoscaleOptions {
  readonly target: Target;
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
  readonly verification: Verification;
}

/**
 * Applies the autoscaler and waits until it sees a live CPU metric; until then it would decide on nothing.
 * @throws ActionError `scale-out-of-bounds`, `metrics-unavailable`, and what the API refuses.
 */
export async function autoscale(context: Context, { api }: OpenCluster, options: AutoscaleOptions): Promise<void> {
  const { deployment, autoscaling, verification } = options;
  const { journal, ports } = context;
  const { minReplicas, maxReplicas, namespace } = deployment;
  const title = `Scale by CPU between ${minReplicas} and ${maxReplicas} members`;
  await journal.phase('autoscale', title, async note => {
    checkScaleSteps(await asDeployed(api, deployment), [minReplicas, maxReplicas]);
    const wanted = renderAutoscaler(deployment, autoscaling);
    await api.apply(wanted, 'apply the autoscaler');
    const key = { namespace, name: wanted.metadata.name };
    const live = await waitForMetrics(api, key, { timeoutMs: verification.timeoutMs, progress: note });
    const selection = { namespace, labels: memberSelector };
    const [cpu, pods] = await Promise.all([
      readPodCpu(api, selection),
      api.list('Pod', { namespace, labels: membersOf(deployment).labels }, 'list the members'),
    ]);
    tellMembers(context, pods.items, deployment, cpu);
    ports.outputs.set('hpa', live.name);
    journal.fact(
      'Autoscaler',
      `${live.name}: ${live.cpuPercent}% of ${autoscaling.cpuPercent}% CPU, ${minReplicas} to ${maxReplicas} members`,
    );
    note(`CPU is at ${live.cpuPercent}% of what the members request; the target is ${autoscaling.cpuPercent}%.`);
    for (const [name, millicores] of cpu ?? []) note(`${name} uses ${millicores}m.`);
  });
}
