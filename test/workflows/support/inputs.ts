import { parseActionFile } from '../../../scripts/docs/action-file.js';
import { readRequest } from '../../../src/inputs/read-request.js';
import { operationDefinitions, type Request } from '../../../src/operations/index.js';
import { inputVariables } from '../../support/action-inputs.js';
import { expand, type Scope } from '../../support/expressions.js';
import { someRun } from '../../unit/fakes.js';
import { readText } from './project-files.js';
import type { ActionStep, Job } from './workflow.js';

export const actionFile = parseActionFile(readText('action.yml'));

/** What the expressions of the documents may refer to. */
const contexts: Scope['contexts'] = {
  vars: {
    AZURE_CLIENT_ID: '11111111-1111-4111-8111-111111111111',
    AZURE_TENANT_ID: '22222222-2222-4222-8222-222222222222',
    AZURE_SUBSCRIPTION_ID: '33333333-3333-4333-8333-333333333333',
    RESOURCE_GROUP: 'rg-shop',
    CLUSTER_NAME: 'aks-shop',
  },
  secrets: {
    MIGRATORYDATA_LICENSE_KEY: 'licence-key-of-the-example',
    MIGRATORYDATA_CLUSTER_PASSWORD: 'password-of-the-example',
    MIGRATORYDATA_ENTITLEMENT_TOKEN: 'token-of-the-example',
  },
  env: { KUBECONFIG: '/home/runner/kubeconfig' },
  github: { token: 'token-of-the-job', workspace: '/home/runner/work/shop/shop' },
};

/**
 * Reads the inputs of a step as the action would, with its job's environment.
 * @throws Error when an expression is malformed or stands for nothing; ActionError with every problem of the inputs.
 */
export function requestOf(step: ActionStep, { env = {} }: Job = {}): Request {
  const given = Object.entries(step.with ?? {}).map(([name, value]): [string, string] => [
    name,
    evaluate(String(value)),
  ]);
  const jobEnvironment = Object.entries(env).map(([name, value]): [string, string] => [name, evaluate(value)]);
  const variables = inputVariables(Object.fromEntries(given), { job: 'e2e', jobIndex: '0' });
  const environment = { ...Object.fromEntries(jobEnvironment), ...variables };
  return readRequest({ env: environment, run: someRun }, operationDefinitions).request;
}

/** GitHub takes a name that is not there for nothing; in a document it is a slip, or to be added above. */
function evaluate(text: string): string {
  const value = expand(text, { contexts });
  if (value === '' && text !== '') throw new Error(`the documents use ${text}, which stands for nothing`);
  return value;
}

/** The names under `with:` that action.yml does not have. */
export function unknownInputs(step: ActionStep): readonly string[] {
  return Object.keys(step.with ?? {}).filter(name => !(name in actionFile.inputs));
}
