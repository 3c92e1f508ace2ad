import type { RunFacts } from '../runtime/ports.js';
import type { Environment } from './environment.js';
import { environmentName } from './environment.js';
import { instanceName } from './names.js';
import type { InputReader } from './reader.js';
import type { General, Operation } from './request.js';
import { operations } from './request.js';
import { secretText } from './deployment-secrets.js';
import { suggest } from './spelling.js';
import type { Parser } from './values.js';
import { accept, boolean, choice, duration, line, refuse } from './values.js';

/** Words that the public contract knows and that this version cannot do. */
const availableComments = ['never'];
const reservedComments = ['on-failure', 'always'];

/** Accepts the available words; of the reserved ones it says that they exist, but not in this version. */
function availableChoice<const T extends string>(available: readonly T[], reserved: readonly string[]): Parser<T> {
  return text => {
    const found = available.find(word => word === text);
    if (found !== undefined) return accept(found);
    const list = available.join(', ');
    if (reserved.includes(text)) return refuse('is not available in this version', `available: ${list}`);
    return refuse(`must be one of ${list}`, suggest(text, available));
  };
}

/** Reads what to do. */
export function readOperation(inputs: InputReader): Operation {
  return inputs.value('operation', choice(operations));
}

/** Reads what concerns every operation. */
export function readGeneral(inputs: InputReader, operation: Operation, run: RunFacts, env: Environment): General {
  const dryRun = inputs.value('dry-run', choice(['auto', 'true', 'false']));
  inputs.value('pull-request-comment', availableChoice(availableComments, reservedComments));
  inputs.optional('github-token', secretText);
  return {
    instance: inputs.value('instance', instanceName),
    // Sweep deletes what other runs made, so it shows first what it would do.
    dryRun: dryRun === 'auto' ? operation === 'sweep' : dryRun === 'true',
    timeoutMs: inputs.value('timeout', duration('1s', '120h')),
    reportDirectory: inputs.optional('report-directory', line) ?? defaultReportDirectory(run, env),
    summary: inputs.value('summary', boolean),
  };
}

/** Where the report of wrong inputs belongs: in the folder that was given, if it can be one, else in the default. */
export function reportDirectoryAnyway(run: RunFacts, env: Environment): string {
  const given = env[environmentName('report-directory')]?.trim() ?? '';
  return given !== '' && line(given).ok ? given : defaultReportDirectory(run, env);
}

/** A folder for each step: GITHUB_ACTION is the step's id, or a unique name that the runner gives it. */
function defaultReportDirectory(run: RunFacts, env: Environment): string {
  const step = (env['GITHUB_ACTION'] ?? '').replaceAll(/[^\w.-]/g, '_');
  return `${run.tempFolder}/migratorydata-aks/${step === '' ? 'step' : step}`;
}
