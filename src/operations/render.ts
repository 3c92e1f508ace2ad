import { join } from 'node:path';
import type { EffectiveValue, StepRequest } from '../inputs/request.js';
import { firstSecretNames } from '../migratorydata/secret-plan.js';
import type { Autoscaling, Deployment } from '../migratorydata/spec.js';
import type { Context } from '../step-context/context.js';
import { buildManifests, writeManifests } from '../step-context/manifests.js';
import { defineOperation } from './operation.js';

export interface RenderRequest extends StepRequest<'render'> {
  readonly deployment: Deployment;
  readonly autoscaling: Autoscaling;
  readonly effective: readonly EffectiveValue[];
}

/** Writes the manifests to the report folder. Needs no cluster, and kubectl only for patches. */
async function render(context: Context, { deployment, autoscaling, general, effective }: RenderRequest): Promise<void> {
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
    const path = join(general.reportDirectory, 'effective-config.yml');
    await context.ports.files.writeText(path, effectiveConfig(effective));
    for (const { input, text, from } of effective) if (from !== 'default') note(`${input} is ${text} (${from}).`);
    note(`All effective values, and where each came from, are in ${path}.`);
  });
}

/** Returns the effective values as a config file with remarks. */
function effectiveConfig(values: readonly EffectiveValue[]): string {
  const sections = [...new Set(values.map(({ section }) => section))].map(section => {
    const own = values.filter(value => value.section === section);
    return [`${section}:`, ...own.map(({ input, text, from }) => `  ${input}: ${JSON.stringify(text)} # ${from}`)];
  });
  return `${['configVersion: 1', ...sections.flat()].join('\n')}\n`;
}

export const renderOperation = defineOperation<RenderRequest>({
  name: 'render',
  permissions: { access: [], actions: [] },
  readRequest: ({ general, deployment, autoscaling, effective }) => ({
    operation: 'render',
    general,
    deployment,
    autoscaling,
    effective,
  }),
  phases: () => [],
  run: render,
});
