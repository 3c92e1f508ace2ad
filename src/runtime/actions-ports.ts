import { appendFileSync } from 'node:fs';
import { writeFile } from './file-system.js';
import type { Identity, Log, Outputs, State } from './ports.js';
import { print } from './standard-output.js';
import { toOneLine, toPlainText } from './text.js';
import { issueCommand, keyAndValue } from './workflow-commands.js';

/**
 * Returns one printable line that the runner cannot take for a workflow command: `::save-state` in a name, an event or
 * a response from outside would reach the post phase. The runner knows two forms (actions/runner, ActionCommand.cs):
 * `::name` at the start of a line, and `##[name]` anywhere. It compares with culture rules, which ignore combining
 * marks.
 */
function logLine(text: string): string {
  return toOneLine(text)
    .replace(/^([\s\p{M}]*):(?=\p{M}*:)/u, '$1: ')
    .replace(/(#\p{M}*#)(?=\p{M}*\[)/gu, '$1 ');
}

/**
 * The job log and its annotations. All text is made printable here: a log entry is one line, and the lines of an
 * annotation are escaped in its command.
 */
export const actionsLog: Log = {
  info: text => {
    print(`${logLine(text)}\n`);
  },
  debug: text => {
    issueCommand('debug', toPlainText(text));
  },
  warning: (text, title) => {
    issueCommand('warning', toPlainText(text), titled(title));
  },
  error: (text, title) => {
    issueCommand('error', toPlainText(text), titled(title));
  },
  async group(title, body) {
    issueCommand('group', toOneLine(title));
    try {
      return await body();
    } finally {
      issueCommand('endgroup', '');
    }
  },
  mask: secret => {
    issueCommand('add-mask', secret);
  },
};

function titled(title = ''): Readonly<Record<string, string>> {
  const line = toOneLine(title);
  return line === '' ? {} : { title: line };
}

/** The outputs and the job summary of the step, written to the files that the runner names; nowhere if it names none. */
export function createOutputs(environment: NodeJS.ProcessEnv): Outputs {
  return {
    set: (name, value) => {
      const path = environment['GITHUB_OUTPUT'];
      if (path) appendFileSync(path, keyAndValue(name, String(value)));
    },
    summary: async markdown => {
      const path = environment['GITHUB_STEP_SUMMARY'];
      if (path) await writeFile(path, markdown);
    },
  };
}

/** What the runner keeps for the post phase: written to a file, read from the environment. */
export function createState(environment: NodeJS.ProcessEnv): State {
  return {
    save: (key, value) => {
      const path = environment['GITHUB_STATE'];
      if (path) appendFileSync(path, keyAndValue(key, value));
    },
    read: key => environment[`STATE_${key}`] ?? '',
  };
}

/** The identity of the job at GitHub's OpenID Connect provider. Only a login of the action itself loads the toolkit. */
export function createIdentity(environment: NodeJS.ProcessEnv): Identity {
  return {
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    token: async audience => (await import('@actions/core')).getIDToken(audience),
  };
}
