import type { Environment } from '../inputs/environment.js';
import { environmentName } from '../inputs/environment.js';
import { instanceName, kubernetesVersion, location } from '../inputs/names.js';
import { createProblems } from '../inputs/problems.js';
import { createReader } from '../inputs/reader.js';
import type { InputReader } from '../inputs/reader.js';
import { duration } from '../inputs/values.js';

/** One leg of a matrix; the names are those of the inputs that it stands for. */
export interface Leg {
  readonly instance: string;
  readonly location: string;
  /** Empty: the default of AKS. */
  readonly 'kubernetes-version': string;
}

/** What all jobs of a workflow agree on. */
export interface WorkflowPlan {
  readonly instance: string;
  /** What the names of the artifacts begin with; no other call of the run has the same. */
  readonly reports: string;
  readonly legs: readonly Leg[];
}

/**
 * A job may last 350 minutes. Undoing and the post phase take up to 9 of them, and setting up a few: forward work gets
 * five hours, so that the job's own limit never cuts a revert.
 */
const longestTimeout = '5h';
/** GitHub makes no more jobs of one matrix ("Running variations of jobs in a workflow"). */
const mostLegs = 256;

/**
 * Plans a workflow from the inputs of its first job.
 * @param unique tells this call from all others of the run, whose artifacts lie in the same place
 * @throws ActionError `invalid-input` with every problem, one a line.
 */
export function planWorkflow(env: Environment, unique: string): WorkflowPlan {
  const problems = createProblems([]);
  const text = (input: string): string => env[environmentName(input)]?.trim() ?? '';
  const inputs = createReader({ text, defaultOf: () => '' }, problems);
  const instance = inputs.optional('instance', instanceName) ?? 'main';
  inputs.optional('timeout', duration('1s', longestTimeout));
  checkOptions(inputs);
  const legs = readLegs(inputs, instance);
  problems.throwIfAny();
  return { instance, reports: `migratorydata-${text('workflow')}-${instance}-${unique}`, legs };
}

/** Options would reach the action behind the back of the other jobs. */
function checkOptions({ problems, text }: InputReader): void {
  for (const [, name = ''] of text('options').matchAll(/^\s*(timeout|instance)\s*=/gm)) {
    const rule = 'is for all jobs of the workflow to agree on';
    problems.add({ input: 'options', value: name, rule, remedy: `give ${name} as an input of the workflow` });
  }
}

/** Every region with every version, each with an instance of its own. */
function readLegs(inputs: InputReader, instance: string): readonly Leg[] {
  const versions = inputs.list('kubernetes-versions', kubernetesVersion);
  const legs = [...new Set(inputs.list('locations', location))].flatMap(region =>
    (versions.length === 0 ? [''] : [...new Set(versions)]).map(version => ({
      instance: [instance, region, version].filter(part => part !== '').join('-'),
      location: region,
      'kubernetes-version': version,
    })),
  );
  if (legs.length > mostLegs) {
    const rule = `makes ${legs.length} legs with the versions, and GitHub runs no more than ${mostLegs}`;
    inputs.problems.add({ input: 'locations', rule, remedy: 'test fewer regions or versions in one run' });
  }
  const [tooLong] = legs.filter(leg => !instanceName(leg.instance).ok);
  if (tooLong && inputs.areSound('instance')) {
    const remedy = 'choose a shorter instance';
    inputs.problems.add({ input: 'instance', value: tooLong.instance, rule: 'is too long for a leg', remedy });
  }
  return legs;
}
