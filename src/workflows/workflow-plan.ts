import { type Environment, environmentName } from '../inputs/environment.js';
import {
  defaultResourceGroup,
  instanceName,
  kubernetesVersion,
  location,
  nodeResourceGroupLength,
} from '../inputs/name-parsers.js';
import { duration, type Parser, splitLines, writeDuration } from '../inputs/parsers.js';
import { createProblems } from '../inputs/problems.js';
import { createReader, type InputReader } from '../inputs/reader.js';

/** One leg of a matrix; the names are those of the inputs that it stands for. */
export interface Leg {
  readonly instance: string;
  readonly location: string;
  /** Empty: the default of AKS. */
  readonly 'kubernetes-version': string;
  /** A name of our own: the one that AKS would make is too long in regions with long names. */
  readonly 'node-resource-group': string;
}

/** What all jobs of a workflow agree on. */
export interface WorkflowPlan {
  readonly instance: string;
  /** What the names of the artifacts begin with; no other call of the run has the same. */
  readonly reports: string;
  readonly legs: readonly Leg[];
}

/**
 * A job may last 350 minutes. Undoing and the post phase take up to 9 of them, and setting up a few: the forward work of
 * all its steps gets five hours, so that the job's own limit never cuts a revert.
 */
const forwardHours = 5;
/** How many steps with the `timeout` the longest job of a workflow has; one where it is not named here. */
export const stepsOfJob: Readonly<Record<string, number>> = { deploy: 3, scale: 2, check: 4 };
/** Inputs by which the workflows themselves choose: their conditions, the group in which calls wait, what is uploaded. */
const decidedByWorkflows = [
  'instance',
  'provider',
  'resource-group',
  'cluster-name',
  'teardown',
  'patches',
  'operation',
  'report-directory',
];
/** What tells the legs of a matrix apart, or would make them meet. */
const decidedByLegs = ['location', 'kubernetes-version', 'node-resource-group', 'existing-cluster', 'dns-label'];
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
  inputs.optional('timeout', forwardTime(text('workflow')));
  checkOptions(inputs, text('workflow'));
  const legs = readLegs(inputs, instance, env['GITHUB_RUN_ID'] ?? '0');
  problems.throwIfAny();
  return { instance, reports: `migratorydata-${text('workflow')}-${instance}-${unique}`, legs };
}

/** The time for one step, for each of a job has the same. */
function forwardTime(workflow: string): Parser<number> {
  const steps = stepsOfJob[workflow] ?? 1;
  const longest = writeDuration((forwardHours * 3_600_000) / steps);
  const read = duration('1s', longest);
  return text => {
    const parsed = read(text);
    if (parsed.ok || steps === 1) return parsed;
    const remedy = `${parsed.remedy}; the ${steps} steps of a job may take ${longest} each at most`;
    return { ...parsed, remedy };
  };
}

/**
 * Options reach the action behind the back of the workflow: what decides there whether a cluster is deleted, and which,
 * must not be among them.
 */
function checkOptions({ problems, text }: InputReader, workflow: string): void {
  const decided = [...decidedByWorkflows, ...(workflow === 'matrix' ? decidedByLegs : [])];
  for (const line of splitLines(text('options'))) {
    const [name = '', value = ''] = line.split('=', 2).map(part => part.trim());
    if (decided.includes(name)) {
      const rule = 'is for all jobs of the workflow to agree on';
      problems.add({
        input: 'options',
        value: name,
        rule,
        remedy: `give ${name} as an input in a call of the workflow`,
      });
    }
    const time = name === 'timeout' ? forwardTime(workflow)(value) : undefined;
    if (time?.ok === false) problems.add({ input: 'options', value: line, rule: time.rule, remedy: time.remedy });
  }
}

/** Every region with every version, each with an instance of its own. */
function readLegs(inputs: InputReader, instance: string, runId: string): readonly Leg[] {
  const versions = inputs.list('kubernetes-versions', kubernetesVersion);
  const legs = [...new Set(inputs.list('locations', location))].flatMap(region =>
    (versions.length === 0 ? [''] : [...new Set(versions)]).map(version => {
      const own = [instance, region, version].filter(part => part !== '').join('-');
      const nodes = `${defaultResourceGroup(runId, own)}-nodes`;
      return { instance: own, location: region, 'kubernetes-version': version, 'node-resource-group': nodes };
    }),
  );
  if (legs.length > mostLegs) {
    const rule = `makes ${legs.length} legs with the versions, and GitHub runs no more than ${mostLegs}`;
    inputs.problems.add({ input: 'locations', rule, remedy: 'test fewer regions or versions in one run' });
  }
  // That bound is the narrowest: an instance by itself may be longer.
  const excess = (leg: Leg): number => leg['node-resource-group'].length - nodeResourceGroupLength;
  const [longest] = legs.toSorted((a, b) => excess(b) - excess(a));
  if (longest && excess(longest) > 0 && inputs.areValid('instance')) {
    const rule = `is too long for a leg: the group of its nodes may have ${nodeResourceGroupLength} characters`;
    const remedy = `choose an instance shorter by ${excess(longest)}`;
    inputs.problems.add({ input: 'instance', value: longest.instance, rule, remedy });
  }
  return legs;
}
