import { choice } from './parsers.js';
import type { InputReader } from './reader.js';
import { secretInputs } from './secret-inputs.js';

/** Without `github-token`: not every step of a workflow gets it, and a step that lacks it says so. */
const names = secretInputs.filter(name => name !== 'github-token');

/** Reports each secret that `require-secrets` names and that is empty: GitHub replaces a missing secret with no text. */
export function checkRequiredSecrets(inputs: InputReader): void {
  for (const secret of inputs.list('require-secrets', choice(names))) {
    if (inputs.text(secret) !== '') continue;
    inputs.problems.add({
      input: secret,
      rule: 'is empty, and require-secrets names it',
      remedy:
        'check the name of the secret, and that the job may read it: a called workflow gets only what its caller passes ' +
        'under secrets:, and a secret of a GitHub environment only reaches a job that names the environment itself',
    });
  }
}
