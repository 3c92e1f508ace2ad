/**
 * The entry point of `.github/actions/plan`: validates the inputs of a workflow, and computes what all its jobs share.
 */
import { randomBytes } from 'node:crypto';
import { toActionError } from '../errors/action-error.js';
import { loadConfig } from '../inputs/config-source.js';
import { diskFiles, readRunFacts } from '../runtime/node-ports.js';
import { createPlainStep } from '../runtime/plain-step.js';
import { planWorkflow } from './workflow-plan.js';

const step = createPlainStep(process.env);
try {
  const config = await loadConfig(diskFiles, step.environment, readRunFacts(step.environment));
  const { legs, ...shared } = planWorkflow(step.environment, config, randomBytes(3).toString('hex'));
  await step.setOutputs({ ...shared, legs: JSON.stringify(legs) });
} catch (error) {
  const { message, code } = toActionError(error);
  step.error(message, code);
  process.exitCode = 1;
}
