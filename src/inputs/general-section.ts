import type { RunFacts } from '../runtime/ports.js';
import { secretText } from './deployment-secrets.js';
import { type Environment, environmentName } from './environment.js';
import { instanceOf } from './name-parsers.js';
import { boolean, choice, duration, line } from './parsers.js';
import type { InputReader } from './reader.js';
import { type General, type Operation, operations } from './request.js';

export function readOperation(inputs: InputReader): Operation {
  return inputs.value('operation', choice(operations));
}

/** Reads the inputs that every operation has. */
export function readGeneral(
  inputs: InputReader,
  operation: Operation,
  run: RunFacts,
  env: Environment,
): Omit<General, 'comment'> {
  const dryRun = inputs.value('dry-run', choice(['auto', 'true', 'false']));
  const githubToken = inputs.optional('github-token', secretText);
  return {
    instance: inputs.value('instance', instanceOf(run.job)),
    // Sweep deletes resources of other runs, so by default it only shows what it would delete.
    dryRun: dryRun === 'auto' ? operation === 'sweep' : dryRun === 'true',
    timeoutMs: inputs.value('timeout', duration('1s', '120h')),
    reportDirectory: inputs.optional('report-directory', line) ?? defaultReportDirectory(run, env),
    summary: inputs.value('summary', boolean),
    ...(githubToken !== undefined && { githubToken }),
  };
}

/** Returns the folder for the report of invalid inputs: the input if it is valid, else the default. */
export function reportDirectoryOrDefault(run: RunFacts, env: Environment): string {
  const given = env[environmentName('report-directory')]?.trim() ?? '';
  return given !== '' && line(given).ok ? given : defaultReportDirectory(run, env);
}

/** Returns the instance for the report of invalid inputs: the input if it is valid, else the default. */
export function instanceOrDefault(run: RunFacts, env: Environment): string {
  const parsed = instanceOf(run.job)(env[environmentName('instance')]?.trim() ?? '');
  return parsed.ok ? parsed.value : '';
}

/**
 * Returns a separate folder for each step: GITHUB_ACTION is the ID of the step, or a unique name that the runner
 * assigns.
 */
function defaultReportDirectory(run: RunFacts, env: Environment): string {
  const step = (env['GITHUB_ACTION'] ?? '').replaceAll(/[^\w.-]/g, '_');
  return `${run.tempFolder}/migratorydata-aks/${step === '' ? 'step' : step}`;
}
