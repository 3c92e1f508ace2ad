import { type ConfigReading, digestOf } from '../inputs/config-source.js';
import { type Environment, environmentName } from '../inputs/environment.js';
import { inputDefaults } from '../inputs/input-defaults.js';
import {
  defaultResourceGroup,
  instanceName,
  kubernetesVersion,
  location,
  nodeResourceGroupLength,
} from '../inputs/name-parsers.js';
import { readOptions, readWorkflowInputs, scalarText } from '../inputs/options.js';
import { duration, type Parser, writeDuration } from '../inputs/parsers.js';
import { createProblems } from '../inputs/problems.js';
import { createReader, type InputReader } from '../inputs/reader.js';

/** One leg of a matrix. The fields have the names of inputs. */
export interface Leg {
  readonly instance: string;
  readonly location: string;
  /** Empty for the default of AKS. */
  readonly 'kubernetes-version': string;
  /** Set explicitly, because the name that AKS generates is too long in regions with long names. */
  readonly 'node-resource-group': string;
}

/** The values that all jobs of a workflow share. The fields have the names of the outputs. */
export interface WorkflowPlan {
  readonly instance: string;
  /** The prefix of the artifact names; unique within the run. */
  readonly reports: string;
  readonly legs: readonly Leg[];
  /** The SHA-256 of the config file that all jobs must read; `none` if they must read none. */
  readonly 'config-digest': string;
  /** The group that was given; empty for the default name. */
  readonly 'resource-group': string;
}

/**
 * The time limit for the work of all steps of a job, in hours. A job can take 350 minutes, of which undo and the post
 * phase take up to 9, and the setup a few: with this limit, the timeout of the job never interrupts a revert.
 */
const forwardHours = 5;
/** The number of steps with `timeout` in the longest job of a workflow; 1 for workflows that are not listed. */
export const stepsOfJob: Readonly<Record<string, number>> = { deploy: 3, scale: 2, check: 4 };
/** Inputs that each job gives itself, and those that the workflows use for conditions and the names of clusters. */
const setByJobs = ['operation', 'instance', 'provider', 'teardown', 'dry-run', 'config-digest', 'report-directory'];
/** Inputs that name the cluster. A workflow that has them as inputs of its own uses them for its concurrency group. */
const namesOfCluster = ['resource-group', 'cluster-name'];
/** Inputs that distinguish the legs of a matrix, or would make them use the same resources. */
const setByLegs = [
  'resource-group',
  'location',
  'kubernetes-version',
  'node-resource-group',
  'existing-cluster',
  'dns-label',
];
/** The maximum number of jobs in a matrix ("Running variations of jobs in a workflow" in the GitHub documentation). */
const maxLegs = 256;

/**
 * Plans a workflow from `options`, which are all its inputs.
 * @param config the config file of the caller
 * @param unique distinguishes the artifacts of this call from those of other calls in the same run
 * @throws ActionError `invalid-input` with all problems, one per line.
 */
export function planWorkflow(env: Environment, config: ConfigReading, unique: string): WorkflowPlan {
  const problems = createProblems([]);
  for (const problem of config.problems) problems.add(problem);
  const workflow = env[environmentName('workflow')] ?? '';
  const options = env[environmentName('options')] ?? '';
  const given = readWorkflowInputs(options) ?? {};
  const text = (input: string): string => scalarText(given[input]).trim();
  const inputs = createReader({ text, defaultOf: () => '', sourceOf: () => 'with', placeOf: () => 'with:' }, problems);
  const instance = inputs.optional('instance', instanceName) ?? 'main';
  inputs.optional('timeout', forwardTime(workflow));
  const { nested } = readOptions(options, problems);
  checkOptions(inputs, nested, workflow, given);
  const legs = workflow === 'matrix' ? readLegs(inputs, instance, env['GITHUB_RUN_ID'] ?? '0', config) : [];
  problems.throwIfAny();
  return {
    instance,
    reports: `migratorydata-${workflow}-${instance}-${unique}`,
    legs,
    'config-digest': digestOf(config),
    'resource-group': text('resource-group') || (nested.get('resource-group') ?? ''),
  };
}

/** Returns a parser for the timeout of one step. All steps of a job have the same limit. */
function forwardTime(workflow: string): Parser<number> {
  const steps = stepsOfJob[workflow] ?? 1;
  const longest = writeDuration((forwardHours * 3_600_000) / steps);
  const read = duration('1s', longest);
  return text => {
    const parsed = read(text);
    if (parsed.ok || steps === 1) return parsed;
    const remedy = `${parsed.remedy}; each of the ${steps} steps of a job can take at most ${longest}`;
    return { ...parsed, remedy };
  };
}

/** Rejects options that a workflow uses itself: it does not see them, so it would use other values than the action. */
function checkOptions(
  { problems }: InputReader,
  options: ReadonlyMap<string, string>,
  workflow: string,
  given: Readonly<Record<string, unknown>>,
): void {
  const legs = workflow === 'matrix' ? setByLegs : [];
  const decided = [...setByJobs, ...namesOfCluster.filter(name => Object.hasOwn(given, name)), ...legs];
  for (const [name, value] of options) {
    if (decided.includes(name)) {
      const rule = 'must be the same for all jobs of the workflow';
      const remedy = Object.hasOwn(given, name) ? `give ${name} as an input of the workflow` : 'remove it';
      problems.add({ input: 'options', value: name, rule, remedy });
    }
    const time = name === 'timeout' ? forwardTime(workflow)(value) : undefined;
    if (time?.ok === false) {
      problems.add({ input: 'options', value: `${name}=${value}`, rule: time.rule, remedy: time.remedy });
    }
  }
}

/**
 * Returns a leg for each combination of region and version, each with its own instance. Without regions, the one of the
 * config file counts.
 */
function readLegs(inputs: InputReader, instance: string, runId: string, { values }: ConfigReading): readonly Leg[] {
  const versions = inputs.list('kubernetes-versions', kubernetesVersion);
  const named = inputs.list('locations', location);
  const regions = named.length > 0 ? named : [values.get('location')?.text ?? inputDefaults['location'] ?? ''];
  const label = values.get('dns-label');
  if (label !== undefined) {
    const remedy = 'remove it, or give another config file to the matrix';
    inputs.problems.add({ input: label.place, rule: 'would be the same in all legs of the matrix', remedy });
  }
  const legs = [...new Set(regions)].flatMap(region =>
    (versions.length === 0 ? [''] : [...new Set(versions)]).map(version => {
      const own = [instance, region, version].filter(part => part !== '').join('-');
      const nodes = `${defaultResourceGroup(runId, own)}-nodes`;
      return { instance: own, location: region, 'kubernetes-version': version, 'node-resource-group': nodes };
    }),
  );
  if (legs.length > maxLegs) {
    const rule = `makes ${legs.length} legs with the versions, but GitHub runs at most ${maxLegs}`;
    inputs.problems.add({ input: 'locations', rule, remedy: 'test fewer regions or versions in one run' });
  }
  // The node resource group has the strictest limit: the instance itself may be longer.
  const excess = (leg: Leg): number => leg['node-resource-group'].length - nodeResourceGroupLength;
  const [longest] = legs.toSorted((a, b) => excess(b) - excess(a));
  if (longest && excess(longest) > 0 && inputs.areValid('instance')) {
    const rule = `is too long for a leg: its node resource group can have at most ${nodeResourceGroupLength} characters`;
    const remedy = `choose an instance that is shorter by ${excess(longest)}`;
    inputs.problems.add({ input: 'instance', value: longest.instance, rule, remedy });
  }
  return legs;
}
