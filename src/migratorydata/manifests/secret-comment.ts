import { secretKindOf, type SecretNames } from '../secret-plan.js';
import { secretOptions, secretsInUse } from '../server-options.js';
import type { Deployment } from '../spec.js';

/**
 * What to create by hand before applying the files. Secrets are never written to a file, not even without their
 * values: a Secret with placeholders would be applied with the rest and would replace or shadow the true one.
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
  const commands = [...opaque, ...registry];
  if (commands.length === 0) return [];
  return [
    'Secrets are not written to files. Before applying this by hand, create them; a FILE holds the value and no line break:',
    ...commands,
  ];
}
