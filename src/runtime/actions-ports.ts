import { writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { Identity, Log, Outputs, State } from './ports.js';
import { toOneLine, toPlainText } from './text.js';

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
 * The job log and its annotations. All text is made printable here: a log entry is one line, and the toolkit escapes
 * the lines of an annotation.
 */
export const actionsLog: Log = {
  info: text => {
    core.info(logLine(text));
  },
  debug: text => {
    core.debug(toPlainText(text));
  },
  warning: (text, title) => {
    core.warning(toPlainText(text), annotationProperties(title));
  },
  error: (text, title) => {
    core.error(toPlainText(text), annotationProperties(title));
  },
  group: (title, body) => core.group(toOneLine(title), body),
  mask: secret => {
    core.setSecret(secret);
  },
};

function annotationProperties(title: string | undefined): core.AnnotationProperties {
  return title === undefined ? {} : { title: toOneLine(title) };
}

/** The outputs and the job summary of the step, which the runner reads from files. */
export function createOutputs(environment: NodeJS.ProcessEnv): Outputs {
  return {
    set: (name, value) => {
      core.setOutput(name, value);
    },
    summary: async markdown => {
      const path = environment['GITHUB_STEP_SUMMARY'];
      if (path) await writeFile(path, markdown);
    },
  };
}

export const actionsState: State = {
  save: (key, value) => {
    core.saveState(key, value);
  },
  read: key => core.getState(key),
};

/** The identity of the job at GitHub's OpenID Connect provider. */
export function createIdentity(environment: NodeJS.ProcessEnv): Identity {
  return {
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    token: audience => core.getIDToken(audience),
  };
}
