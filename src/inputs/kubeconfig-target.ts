import { secretText } from './deployment-secrets.js';
import type { Environment } from './environment.js';
import { line, type Parser, refuse } from './parsers.js';
import type { InputReader } from './reader.js';
import type { KubeconfigTarget } from './request.js';

/** Accepts the name of a context; kubectl would treat one that begins with `-` as a flag. */
const contextName: Parser<string> = text =>
  text.startsWith('-') ? refuse('must not begin with -', 'rename the context') : line(text);

/**
 * Reads the kubeconfig and its context. Content has precedence over the environment variable KUBECONFIG, because it is
 * an explicit input.
 */
export function readKubeconfigTarget(inputs: InputReader, env: Environment): KubeconfigTarget {
  const content = inputs.optional('kubeconfig-content', secretText);
  const path = inputs.optional('kubeconfig', line) ?? env['KUBECONFIG'] ?? '';
  return {
    kind: 'kubeconfig',
    source: content === undefined ? { path } : { content },
    context: inputs.optional('context', contextName) ?? '',
  };
}

/** Reports a kubeconfig that is missing or set more than once. */
export function checkKubeconfig({ problems, isDefault }: InputReader, target: KubeconfigTarget): void {
  const fileGiven = !isDefault('kubeconfig');
  const contentGiven = !isDefault('kubeconfig-content');
  // YAML and JSON have one of these, base64 and a name have none.
  if ('content' in target.source && !/[:{]/.test(target.source.content)) {
    const isEncoded = Buffer.from(target.source.content, 'base64').toString().includes('clusters');
    problems.add({
      input: 'kubeconfig-content',
      rule: `must be the text of a kubeconfig${isEncoded ? ', not base64' : ''}`,
      remedy: isEncoded ? 'store it without base64' : 'give the content itself, for example a secret with it',
    });
  }
  if (fileGiven && contentGiven) {
    problems.add({
      input: 'kubeconfig',
      rule: 'must not be given together with kubeconfig-content',
      remedy: 'keep one of them',
    });
  } else if (!contentGiven && 'path' in target.source) {
    const { path } = target.source;
    if (path === '') {
      problems.add({
        input: 'kubeconfig',
        rule: 'is required with provider kubeconfig',
        remedy: 'give the path of a file, kubeconfig-content, or set the environment variable KUBECONFIG',
      });
    } else if (!fileGiven && path.includes(':')) {
      problems.add({
        input: 'kubeconfig',
        value: path,
        rule: 'the environment variable KUBECONFIG must name one file',
        remedy: 'give the path of the file to use',
      });
    }
  }
}
