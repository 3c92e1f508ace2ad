import type { RunFacts } from '../runtime/ports.js';
import { secretText } from './deployment-secrets.js';
import { type Environment, environmentName } from './environment.js';
import { instanceName } from './name-parsers.js';
import { boolean, choice, duration, line } from './parsers.js';
import type { InputReader } from './reader.js';
import { type General, type Operation, operations } from './request.js';

/** Reads what to do. */
export function readOperation(inputs: InputReader): Operation {
  return inputs.value('operation', choice(operations));
}

/** Reads what concerns every operation and depends on nothing else. */
export function readGeneral(
  inputs: InputReader,
  operation: Operation,
  run: RunFacts,
  env: Environment,
): Omit<General, 'comment'> {
  const dryRun = inputs.value('dry-run', choice(['auto', 'true', 'false']));
  const githubToken = inputs.optional('github-token', secretText);
  return {
    instance: inputs.value('instance', instanceName),
    // Sweep deletes what other runs made, so it shows first what it would do.
    dryRun: dryRun === 'auto' ? operation === 'sweep' : dryRun === 'true',
    timeoutMs: inputs.value('timeout', duration('1s', '120h')),
    reportDirectory: inputs.optional('report-directory', line) ?? defaultReportDirectory(run, env),
    summary: inputs.value('summary', boolean),
    ...(githubToken !== undefined && { githubToken }),
  };
}

/** Where the report of wrong inputs belongs: in the folder that was given, if it can be one, else in the default. */
export function reportDirectoryOrDefault(run: RunFacts, env: Environment): string {
  const given = env[environmentName('report-directory')]?.trim() ?? '';
  return given !== '' && line(given).ok ? given : defaultReportDirectory(run, env);
}

/** Whose report of wrong inputs it is: the instance that was given, if it can be one. */
export function instanceOrDefault(env: Environment): string {
  const given = env[environmentName('instance')]?.trim() ?? '';
  return instanceName(given).ok ? given : '';
}

/** A folder for each step: GITHUB_ACTION is the step's id, or a unique name that the runner gives it. */
function defaultReportDirectory(run: RunFacts, env: Environment): string {
  const step = (env['GITHUB_ACTION'] ?? '').replaceAll(/[^\w.-]/g, '_');
  return `${run.tempFolder}/migratorydata-aks/${step === '' ? 'step' : step}`;
}
