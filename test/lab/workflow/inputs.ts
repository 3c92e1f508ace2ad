import { isBasicExpression, isSequence } from '@actions/workflow-parser/templates/tokens/type-guards';
import { asText, type Scope, type Value } from '../../support/expressions.js';
import { InvalidWorkflow } from './template.js';
import { fieldOf, literalOf, propertiesOf, valueOf, type TemplateToken } from './tokens.js';
import type { WorkflowFile } from './workflow-file.js';

/** The inputs of a run or a call, by name. */
export type Given = Readonly<Record<string, Value>>;

interface Declared {
  readonly type: string;
  readonly required: boolean;
  readonly defaultToken: TemplateToken | undefined;
  readonly options: readonly string[];
}

/** The limit of GitHub's form ("Workflow syntax", `on.workflow_dispatch.inputs`). */
const mostDispatchInputs = 25;

/** Returns whether a file reacts to an event. */
export function hasEvent({ root }: WorkflowFile, event: string): boolean {
  const on = root.find('on');
  if (on === undefined) return false;
  if (isSequence(on)) return [...on].some(item => literalOf(item) === event);
  return literalOf(on) === event || fieldOf(on, event) !== undefined;
}

/**
 * Checks what a job passes to the workflow that it calls, as far as the files alone show it.
 * @throws InvalidWorkflow in GitHub's words: an input or a secret that is not declared, or a required one that is
 * missing
 */
export function checkCall(
  file: WorkflowFile,
  given: { readonly inputs: readonly string[]; readonly secrets: readonly string[] | 'inherit' },
): void {
  if (!hasEvent(file, 'workflow_call')) {
    throw new InvalidWorkflow([`${file.source.path}: workflow_call key is not defined in the referenced workflow.`]);
  }
  const inputs = declaredInputs(file, 'workflow_call');
  const secrets = Object.fromEntries(propertiesOf(fieldOf(file.root, 'on', 'workflow_call', 'secrets')));
  const requiredSecrets = Object.keys(secrets).filter(name => isRequired(secrets[name]));
  const passed = given.secrets === 'inherit' ? Object.keys(secrets) : given.secrets;
  const problems = [
    ...undeclared('input', given.inputs, Object.keys(inputs)),
    ...undeclared('secret', passed, Object.keys(secrets)),
    ...missing(
      'Input',
      given.inputs,
      Object.keys(inputs).filter(name => inputs[name]?.required),
    ),
    ...missing('Secret', passed, requiredSecrets),
  ];
  if (problems.length > 0) throw new InvalidWorkflow(problems.map(problem => `${file.source.path}: ${problem}`));
}

/**
 * Returns the `inputs` context of a called workflow: the given value, otherwise the default, otherwise the empty value
 * of the declared type.
 * @param scope for the expressions of the defaults
 * @throws Error in GitHub's words when a value is not of the declared type; only texts accept any simple value
 */
export function callInputs(file: WorkflowFile, given: Given, scope: Scope): Given {
  return Object.fromEntries(
    Object.entries(declaredInputs(file, 'workflow_call')).map(([name, { type, defaultToken }]) => {
      const value =
        name in given ? given[name] : defaultToken === undefined ? emptyOf(type) : valueOf(defaultToken, scope);
      return [name, convert(type, value ?? null)];
    }),
  );
}

/**
 * Returns the `inputs` context of a run that a user starts.
 * @throws Error in GitHub's words: an unknown input, a missing one, or one that is not among the choices
 */
export function dispatchInputs(file: WorkflowFile, given: Given): Given {
  const declared = declaredInputs(file, 'workflow_dispatch');
  const names = Object.keys(declared);
  if (names.length > mostDispatchInputs) {
    throw new InvalidWorkflow([
      `${file.source.path}: you may only define up to ${mostDispatchInputs} \`inputs\` for a \`workflow_dispatch\` event`,
    ]);
  }
  const unexpected = Object.keys(given).filter(name => !names.includes(name));
  if (unexpected.length > 0) throw new Error(`Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  const noExpressions = { contexts: {} };
  return Object.fromEntries(
    Object.entries(declared).map(([name, { type, required, defaultToken, options }]) => {
      const fallback = defaultToken === undefined ? null : valueOf(defaultToken, noExpressions);
      const text = asText(given[name] ?? fallback);
      if (text === '' && required) throw new Error(`Required input '${name}' not provided`);
      if (type === 'choice' && text !== '' && !options.includes(text)) {
        throw new Error(`Provided value '${text}' for input '${name}' not in the list of allowed values`);
      }
      return [name, typed(name, type, text)];
    }),
  );
}

/** A form gives texts; in the `inputs` context only booleans have their type ("Events that trigger workflows"). */
function typed(name: string, type: string, text: string): Value {
  if (type === 'boolean') {
    if (!['true', 'false', ''].includes(text))
      throw new Error(`Provided value '${text}' for input '${name}' is not a boolean`);
    return text === 'true';
  }
  if (type !== 'number' || text === '') return text;
  if (Number.isNaN(Number(text))) throw new Error(`Provided value '${text}' for input '${name}' is not a number`);
  return text;
}

function declaredInputs({ root }: WorkflowFile, event: string): Readonly<Record<string, Declared>> {
  return Object.fromEntries(
    propertiesOf(fieldOf(root, 'on', event, 'inputs')).map(([name, token]) => {
      const options = fieldOf(token, 'options');
      return [
        name,
        {
          type: literalOf(fieldOf(token, 'type')) ?? 'string',
          required: isRequired(token),
          defaultToken: fieldOf(token, 'default'),
          options:
            options !== undefined && isSequence(options) ? [...options].map(option => literalOf(option) ?? '') : [],
        },
      ];
    }),
  );
}

function isRequired(token: TemplateToken | undefined): boolean {
  const required = fieldOf(token, 'required');
  return required !== undefined && !isBasicExpression(required) && valueOf(required, { contexts: {} }) === true;
}

/** "Workflow syntax", `on.workflow_call.inputs`: the value of an input without a default. */
function emptyOf(type: string): Value {
  if (type === 'boolean') return false;
  return type === 'number' ? 0 : '';
}

function convert(type: string, value: Value): Value {
  if (type === 'string') return asText(value);
  if (typeof value !== type) throw new Error(`Unexpected value '${asText(value)}', expected type: ${type}`);
  return value;
}

function undeclared(kind: string, given: readonly string[], declared: readonly string[]): readonly string[] {
  return given
    .filter(name => !declared.includes(name))
    .map(name => `Invalid ${kind}, ${name} is not defined in the referenced workflow.`);
}

function missing(kind: string, given: readonly string[], required: readonly string[]): readonly string[] {
  return required
    .filter(name => !given.includes(name))
    .map(name => `${kind} ${name} is required, but not provided while calling.`);
}
