import type { StepRequest } from '../inputs/request.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import type { Context } from '../step-context/context.js';
import { buildManifests, writeManifests } from '../step-context/manifests.js';
import { defineOperation } from './operation.js';

export interface RenderRequest extends StepRequest<'render'> {
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
}

/** Writes the manifests to the report folder. Needs no cluster, and kubectl only for patches. */
async function render(context: Context, { deployment, autoscaling, general }: RenderRequest): Promise<void> {
  await context.journal.phase('render', 'Write the manifests', async note => {
    const { files, warnings } = await buildManifests(context, {
      deployment,
      replicas: deployment.replicas,
      secretNames: firstSecretNames(deployment),
      autoscaling,
    });
    for (const warning of warnings) context.journal.warn(warning);
    const folder = await writeManifests(context, general.reportDirectory, files);
    note(`${files.length} files are in ${folder}; apply them with: kubectl apply -f ${folder}`);
  });
}

export const renderOperation = defineOperation<RenderRequest>({
  name: 'render',
  permissions: { access: [], actions: [] },
  readRequest: ({ general, deployment, autoscaling }) => ({ operation: 'render', general, deployment, autoscaling }),
  phases: () => [],
  run: render,
});
