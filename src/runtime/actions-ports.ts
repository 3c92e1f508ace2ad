import { writeFile } from 'node:fs/promises';
import * as core from '@actions/core';
import type { Identity, Log, Outputs, State } from './ports.js';
import { toOneLine, toPlainText } from './text.js';

/**
 * A printable line that the runner cannot take for a command of ours: `::save-state` among names, events and answers from
 * outside would reach the post phase. Both forms that it knows are broken up (actions/runner, ActionCommand.cs): `::name`
 * at the beginning of a line, `##[name]` anywhere. It compares by the rules of a language, so accents may stand between.
 */
function logLine(text: string): string {
  return toOneLine(text)
    .replace(/^([\s\p{M}]*):(?=\p{M}*:)/u, '$1: ')
    .replace(/(#\p{M}*#)(?=\p{M}*\[)/gu, '$1 ');
}

/**
 * The job log and its annotations. All text becomes printable here, whoever it is from: a line of the log is one line, and
 * the lines of an annotation travel inside its command, escaped by the toolkit.
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

/** The step's outputs and its job summary, which the runner reads from files. */
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

/** GitHub's own identity of the job. */
export function createIdentity(environment: NodeJS.ProcessEnv): Identity {
  return {
    available: Boolean(environment['ACTIONS_ID_TOKEN_REQUEST_URL'] && environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']),
    token: audience => core.getIDToken(audience),
  };
}
