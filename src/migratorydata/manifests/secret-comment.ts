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
  const opaque = (['server', 'clusterPassword'] as const).flatMap(kind => {
    const name = secretNames[kind];
    const keys = used.filter(option => secretKindOf(option) === kind).map(option => secretOptions[option].key);
    const files = keys.map(key => `--from-file=${key}=FILE`).join(' ');
    return name === undefined ? [] : [`  ${inNamespace} generic ${name} ${files}`];
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
  const commands = [...opaque, ...registry, ...foreign];
  if (commands.length === 0) return [];
  return [
    'Secrets are not written to files. Create them before you apply this file; each FILE contains the value without a line break:',
    ...commands,
  ];
}
