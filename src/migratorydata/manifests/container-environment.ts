import { secretKindOf, type SecretNames } from '../secret-plan.js';
import {
  javaOptionsVariable,
  literal,
  newerOptionsVariable,
  optionsVariable,
  podNameVariable,
  reference,
  secretOptions,
  secretParameters,
  secretsInUse,
  serverOptions,
  variableOf,
} from '../server-options.js';
import type { Deployment } from '../spec.js';
import type { EnvVar } from './shapes.js';

/**
 * Renders the environment of the server. The order matters: a variable can refer only to earlier ones. The second
 * options variable refers to the first, so that they stay equal even if a patch changes one of them.
 */
export function renderEnvironment(deployment: Deployment, secretNames: SecretNames): readonly EnvVar[] {
  const { javaExtraOpts } = deployment;
  return [
    { name: podNameVariable, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...secretsInUse(deployment).map((option): EnvVar => {
      const { variable, key } = secretOptions[option];
      return { name: variable, valueFrom: { secretKeyRef: { name: secretNames[secretKindOf(option)], key } } };
    }),
    ...secretParameters(deployment).map(({ parameter, secret, key }): EnvVar => ({
      name: variableOf(parameter),
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
    ...(javaExtraOpts === '' ? [] : [{ name: javaOptionsVariable, value: literal(javaExtraOpts) }]),
    { name: optionsVariable, value: serverOptions(deployment) },
    { name: newerOptionsVariable, value: reference(optionsVariable) },
  ];
}
