import { ownershipLabels } from '../object-names.js';
import { secretKindOf, type SecretNames } from '../secret-plan.js';
import { keystore, secretOptions, secretParameters, secretsInUse } from '../server-options.js';
import type { Deployment } from '../spec.js';

/**
 * Returns instructions to create the Secrets before the files are applied. Secrets are never written to files, not even
 * with placeholders: they would be applied with the rest and replace the real ones.
 */
export function explainSecrets(deployment: Deployment, secretNames: SecretNames): readonly string[] {
  const inNamespace = `kubectl -n ${deployment.namespace} create secret`;
  const used = secretsInUse(deployment);
  const opaque = (['server', 'clusterPassword'] as const).map(kind => {
    const files = used
      .filter(option => secretKindOf(option) === kind)
      .map(option => `--from-file=${secretOptions[option].key}=${deployment.secrets[option] ? 'FILE' : random}`);
    return `  ${inNamespace} generic ${secretNames[kind]} ${files.join(' ')}`;
  });
  const registry =
    secretNames.registry === undefined
      ? []
      : [
          `  ${inNamespace} generic ${secretNames.registry} --type=kubernetes.io/dockerconfigjson --from-file=.dockerconfigjson=FILE`,
        ];
  const { tlsSecret } = deployment.exposure;
  const foreignKeys = [
    ...secretParameters(deployment),
    ...(tlsSecret === '' ? [] : [{ secret: tlsSecret, key: keystore.key }]),
  ];
  const foreign = [...new Set(foreignKeys.map(({ secret }) => secret))].map(name => {
    const keys = foreignKeys.filter(({ secret }) => secret === name).map(({ key }) => `--from-file=${key}=FILE`);
    return `  ${inNamespace} generic ${name} ${[...new Set(keys)].join(' ')}`;
  });
  return [
    'Secrets are not written to files. Create them in bash before you apply this file; each FILE contains the value without a',
    'line break. What was not given is random, as deploy generates it. With the label, a later deploy keeps the values:',
    ...opaque,
    ...registry,
    `  kubectl -n ${deployment.namespace} label secret ${Object.values(secretNames).join(' ')} ${label}`,
    ...foreign,
  ];
}

/** A file with a random text, which is in no argument. */
const random = "<(openssl rand -hex 24 | tr -d '\\n')";

const label = Object.entries(ownershipLabels)
  .map(([key, value]) => `${key}=${value}`)
  .join(' ');
